"""Watching a query: the official client keeps the subscription, a relay of ours stands between it and the server."""
