"""Results as HTML that stands alone: no script, no font, no address; its style stays inside it."""
