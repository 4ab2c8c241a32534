"""Programs that run inside the measured processes, and print JSON."""
