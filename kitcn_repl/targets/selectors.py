"""The text that names a deployment, taken apart (design 1; control-plane.md 1.7). No file and no network is asked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from kitcn_repl.errors import UsageError
from kitcn_repl.targets.address import is_url
from kitcn_repl.targets.shown import shown

_NAME = re.compile(r"[a-z]+-[a-z]+-[0-9]+")
_CLOUD_TYPES = ("prod", "dev", "preview", "custom")

ALIASES = ("dev", "prod", "local")


@dataclass(frozen=True, slots=True)
class OfflineSelector:
    """`demo`, `snapshot:FILE` or `sqlite:FILE`."""

    kind: Literal["demo", "snapshot", "sqlite"]
    path: str = ""


@dataclass(frozen=True, slots=True)
class UrlSelector:
    url: str


@dataclass(frozen=True, slots=True)
class NameSelector:
    """A cloud deployment by its name, in whatever project: `happy-otter-123`."""

    name: str


@dataclass(frozen=True, slots=True)
class LocalNameSelector:
    """A local or anonymous deployment by its name: `local-team-project`, `anonymous-chess`."""

    name: str


@dataclass(frozen=True, slots=True)
class ProjectSelector:
    """`ref`, `project:ref` or `team:project:ref`, where `ref` is `dev`, `prod`, `local` or a reference."""

    reference: str
    project: str | None = None
    team: str | None = None

    def __str__(self) -> str:
        return ":".join(part for part in (self.team, self.project, self.reference) if part is not None)


Selector = OfflineSelector | UrlSelector | NameSelector | LocalNameSelector | ProjectSelector


def is_deployment_name(text: str) -> bool:
    """Whether the text has the form that Convex gives its deployments' names; no reference has."""
    return _NAME.fullmatch(text) is not None


def parse_selector(text: str) -> Selector:
    """Raises UsageError, which repeats no secret."""
    if is_url(text):
        return UrlSelector(text)
    if "|" in text:
        raise UsageError(
            f"{shown(text)!r} is a key, not the name of a deployment: set it as CONVEX_DEPLOY_KEY in the environment."
        )
    if text == "demo":
        return OfflineSelector("demo")
    kind, colon, rest = text.partition(":")
    if colon and kind in ("snapshot", "sqlite"):
        return OfflineSelector("snapshot" if kind == "snapshot" else "sqlite", rest)
    if is_deployment_name(text):
        return NameSelector(text)
    if colon and kind in _CLOUD_TYPES and is_deployment_name(rest):
        return NameSelector(rest)  # as it stands in CONVEX_DEPLOYMENT
    if text.startswith(("local-", "anonymous-")):
        return LocalNameSelector(text)
    if (kind, rest.partition("-")[0]) in (("local", "local"), ("anonymous", "anonymous")):
        return LocalNameSelector(rest)
    parts = text.split(":")
    if len(parts) > 3 or not all(part and not any(char.isspace() for char in part) for part in parts):
        raise UsageError(
            f"{shown(text)!r} names no deployment: write REFERENCE, PROJECT:REFERENCE or TEAM:PROJECT:REFERENCE,"
            " where REFERENCE may be dev, prod or local."
        )
    reference, project, team = (*reversed(parts), None, None)[:3]
    assert reference is not None
    return ProjectSelector(reference, project, team)
