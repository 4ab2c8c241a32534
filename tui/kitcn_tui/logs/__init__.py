"""The Logs tab."""
