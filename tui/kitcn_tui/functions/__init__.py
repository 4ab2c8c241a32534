"""The Functions tab."""
