"""The editor: what it colours, how it types, and what it offers to complete."""
