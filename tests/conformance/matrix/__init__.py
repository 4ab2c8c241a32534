"""The conformance matrix: what the genuine tools have, what tests show of it, and `docs/conformance.md` from both."""
