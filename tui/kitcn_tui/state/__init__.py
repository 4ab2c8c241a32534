"""What the application remembers between runs."""
