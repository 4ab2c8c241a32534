"""The Relations tab."""
