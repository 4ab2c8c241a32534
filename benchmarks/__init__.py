"""Ratios against the genuine tools and the anchors, measured in one run: `python -m benchmarks`."""
