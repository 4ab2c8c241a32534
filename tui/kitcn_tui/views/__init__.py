"""The tabs: what a view is, and which there are."""
