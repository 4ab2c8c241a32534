"""Results as text: for people on a terminal, for machines on a pipe."""
