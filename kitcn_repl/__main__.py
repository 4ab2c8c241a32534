"""`python -m kitcn_repl` is `kitcn`."""

from __future__ import annotations

from kitcn_repl.cli.main import console_main

if __name__ == "__main__":
    console_main()
