"""What all benchmarks share: turns, processes and terminals with their memory, rivals, the table."""
