"""Files that a path may mean: extensions left out, `.js` written for `.ts`, folders with an index."""

from __future__ import annotations

import os
from pathlib import Path

EXTENSIONS = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".json")
_WRITTEN_AS = {".js": (".ts", ".tsx"), ".jsx": (".tsx",), ".mjs": (".mts",), ".cjs": (".cts",)}
_BUILT = ("dist", "build", "lib", "out")


def is_file(path: str | Path) -> bool:
    """As `Path.is_file`; False for what may not even be looked at."""
    try:
        return Path(path).is_file()
    except OSError:
        return False


def is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False


def is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def source_file(path: Path) -> Path | None:
    """The source file that an import of `path` reads; declarations without code (`.d.ts`) are none."""
    base = os.path.normpath(path)
    suffix = Path(base).suffix
    stem = base.removesuffix(suffix)
    for other in _WRITTEN_AS.get(suffix, ()):
        if is_file(stem + other):
            return Path(stem + other)
    if suffix in EXTENSIONS and not stem.endswith(".d") and is_file(base):
        return Path(base)
    for start in (base, f"{base}{os.sep}index"):
        for extension in EXTENSIONS:
            if is_file(start + extension):
                return Path(start + extension)
    return None


def built_from(folder: Path, target: str) -> Path | None:
    """The source of a file that a package's `exports` name, where what they name is yet to be built."""
    if target.endswith((".d.ts", ".d.mts", ".d.cts")):
        return None
    found = source_file(folder / target)
    parts = target.removeprefix("./").split("/")
    if found is None and parts[0] in _BUILT:
        found = source_file(folder.joinpath("src", *parts[1:])) or source_file(folder.joinpath(*parts[1:]))
    return found


def pattern_matches(pattern: str, name: str) -> str | None:
    """What `*` stands for if `name` has the form of `pattern`, empty without `*`; None if it has not."""
    head, star, tail = pattern.partition("*")
    if not star:
        return "" if pattern == name else None
    if len(name) >= len(head) + len(tail) and name.startswith(head) and name.endswith(tail):
        return name[len(head) : len(name) - len(tail)]
    return None
