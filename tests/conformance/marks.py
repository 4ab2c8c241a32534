"""Marks for tests whose cases are rows: which items of the matrix a command line shows."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

_GROUPS = ("env default", "env", "deployment", "login")
_OTHER_NAMES = {"rm": "remove", "unset": "remove"}
_ARGUMENTS = {
    "run": ("functionName", "args"),
    "data": ("table",),
    "env set": ("name", "value"),
    "env get": ("name",),
    "env remove": ("name",),
    "env default set": ("name", "value"),
    "env default get": ("name",),
    "env default remove": ("name",),
    "deployment select": ("deployment",),
    "deployment create": ("reference",),
}
_WITHOUT_VALUE = frozenset(
    ("--prod", "--force", "--names-only", "--include-values", "--select", "--default", "--details", "--json", "--watch",
     "--success", "--jsonl", "--file")
)  # fmt: skip
_FLAG = re.compile(r"--[a-z-]+[a-z]")
TARGET_FLAGS = frozenset(
    ("--url", "--admin-key", "--prod", "--preview-name", "--deployment-name", "--deployment", "--env-file")
)


def conforms(subject: str, *names: str, better: str = "", kind: str = "same") -> pytest.MarkDecorator:
    return pytest.mark.conforms(subject, *names, better=better, kind=kind)


def shown_by(arguments: Sequence[str], better: str = "") -> list[pytest.MarkDecorator]:
    """Marks for the command, the flags and the arguments that a genuine command line has, as one types it.

    Where ours is `better`, for the command and its flags alone: that says nothing of arguments and groups as such.
    """
    words, flags = _split(arguments)
    group = next((group for group in _GROUPS if " ".join(words).startswith(f"{group} ")), "")
    command, rest = (words[len(group.split())], words[len(group.split()) + 1 :])
    known = f"{group} {_OTHER_NAMES.get(command, command)}".strip()
    names = [f"[{name}]" for name, _ in zip(_ARGUMENTS.get(known, ()), rest, strict=False)]
    # The genuine `env` takes the flags that select a deployment for all of its commands.
    of_group = [flag for flag in flags if group.startswith("env") and flag in TARGET_FLAGS]
    own = [flag for flag in flags if flag not in of_group]
    marks = [conforms("cli env", *of_group, better=better)] if of_group else []
    if better:
        return [*marks, conforms(f"cli {known}", "", *own, better=better)]
    other_name = [f"as {command}"] if command in _OTHER_NAMES else []
    marks.append(conforms(f"cli {known}", "", *names, *own, *other_name))
    while group:
        marks.append(conforms(f"cli {group}"))
        group = group.rpartition(" ")[0]
    return marks


def _split(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Words and flags; flags without their values."""
    words: list[str] = []
    flags: list[str] = []
    at = 0
    while at < len(arguments):
        word = arguments[at]
        at += 1
        if word == "--":
            words += arguments[at:]
            break
        if not _FLAG.fullmatch(word.partition("=")[0]):
            words.append(word)
            continue
        flags.append(word.partition("=")[0])
        if word not in _WITHOUT_VALUE and "=" not in word:
            at += 1
    return words, flags
