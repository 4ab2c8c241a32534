"""Columns handed to the libraries of data frames; each of them alone is enough, and none is required."""
