"""Calling a deployed function from a form: its fields, what was typed into them, the call as a command."""
