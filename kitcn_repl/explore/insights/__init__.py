"""Insights: read limits and write conflicts, from Convex's usage data or from a deployment's own log stream."""
