"""Selectors and flags -> one Target: which deployment is meant, with which credentials, and why."""
