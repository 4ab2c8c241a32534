"""The Textual front door. It is not built yet; `kitcn tui` says so."""
