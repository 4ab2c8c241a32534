"""The Query tab: an editor for inline queries, and what they answer."""
