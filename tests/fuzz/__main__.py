"""Repeats one case of a fuzzer: `python -m tests.fuzz FAMILY SEED`. Its input is left beside what it did."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from random import Random

from tests.fuzz.families import FAMILIES
from tests.fuzz.harness import once


def main(name: str, seed: int) -> int:
    family = FAMILIES[name]
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    written = folder / "input"
    written.write_bytes(family.written(family.make(Random(f"{name} {seed}"))))
    sys.stdout.write(f"input: {written}\n")
    try:
        sys.stdout.write(f"{once(family, seed, folder / 'case')}\n")
    except AssertionError as error:
        sys.stdout.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
