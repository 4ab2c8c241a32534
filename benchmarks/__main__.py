"""`python -m benchmarks [NAME ...]`."""

from __future__ import annotations

from benchmarks.frame.command import main

if __name__ == "__main__":
    raise SystemExit(main())
