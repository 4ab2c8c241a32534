"""Insights as text and JSON of the genuine CLI, and as people want to see them."""
