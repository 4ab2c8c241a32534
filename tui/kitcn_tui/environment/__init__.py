"""The Environment tab."""
