"""`.env.local` and `.env`: where they are, and what they say, read as the genuine CLI reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kitcn_repl.errors import KitcnError

ENV_FILES = (".env.local", ".env")
"""The first one that sets a variable wins; the process's own environment beats both."""

_SELECTING = {
    "CONVEX_DEPLOYMENT",
    "CONVEX_DEPLOYMENT_TOKEN",
    "CONVEX_DEPLOY_KEY",
    "CONVEX_OVERRIDE_ACCESS_TOKEN",
    "CONVEX_SELF_HOSTED_ADMIN_KEY",
    "CONVEX_SELF_HOSTED_URL",
}

# The grammar of npm's dotenv 16, character classes as JavaScript has them.
_SPACE = r"[ \t\n\v\f\r\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]"
_LINE = re.compile(
    rf"^{_SPACE}*(?:export{_SPACE}+)?([A-Za-z0-9_.-]+)(?:{_SPACE}*?={_SPACE}*?|:{_SPACE}+?)"
    rf"""({_SPACE}*'(?:\\'|[^'])*'|{_SPACE}*"(?:\\"|[^"])*"|{_SPACE}*`(?:\\`|[^`])*`|[^#\r\n]+)?"""
    rf"{_SPACE}*(?:\#[^\n\u2028\u2029]*)?$",
    re.MULTILINE,
)
_QUOTED = re.compile(r"^(['\"`])(.*)\1$", re.MULTILINE | re.DOTALL)
_TRIMMED = " \t\n\v\f\r\u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(map(chr, range(0x2000, 0x200B)))


@dataclass(frozen=True, slots=True)
class Assignment:
    """One assignment of a dotenv text whose line ends are newlines: from `start`, where the name is, to the end of the
    value."""

    name: str
    value: str
    start: int
    end: int


def assignments(text: str) -> Iterator[Assignment]:
    """Every assignment in order; `text` has newlines for line ends."""
    for match in _LINE.finditer(text):
        raw = match[2] or ""
        value = raw.strip(_TRIMMED)
        in_double_quotes = value.startswith('"')
        value = _QUOTED.sub(r"\2", value)
        if in_double_quotes:
            value = value.replace("\\n", "\n").replace("\\r", "\r")
        end = match.start(2) + len(raw.rstrip(_TRIMMED)) if raw.strip(_TRIMMED) else match.end(1)
        yield Assignment(match[1], value, match.start(1), end)


def parse_env_file(text: str) -> dict[str, str]:
    """Variables of a dotenv text; of several assignments to one name the last wins."""
    return {each.name: each.value for each in assignments(re.sub(r"\r\n?", "\n", text))}


def read_env_file(path: Path) -> dict[str, str] | None:
    """Variables of a file, or None if there is none. Raises KitcnError for one that cannot be read."""
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    except OSError as error:
        raise KitcnError(f"{path} cannot be read: {error.strerror}.") from error
    return parse_env_file(data.decode("utf-8", "replace"))


def names_deployment(path: Path) -> bool:
    """Whether an env file says which deployment is meant; also if it is there and cannot be read."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return False
    except OSError:
        return path.is_file()  # whoever reads it will say what is wrong
    return b"CONVEX_" in data and not _SELECTING.isdisjoint(parse_env_file(data.decode("utf-8", "replace")))


def read_env_files(folder: Path) -> list[tuple[Path, Mapping[str, str]]]:
    """The env files of a folder that exist, the one that wins first."""
    found = ((folder / name, read_env_file(folder / name)) for name in ENV_FILES)
    return [(path, variables) for path, variables in found if variables is not None]
