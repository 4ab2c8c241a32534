"""Small widgets that several views show."""
