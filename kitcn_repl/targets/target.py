"""A resolved deployment, and the flags that ask for one."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Literal

from kitcn_repl.targets.shown import shown


@dataclass(frozen=True, slots=True, repr=False)
class TargetFlags:
    """What the user said on the command line (or passed to `connect`); None or False where nothing."""

    deployment: str | None = None
    url: str | None = None
    admin_key: str | None = None
    demo: bool = False
    snapshot: str | None = None
    prod: bool = False
    preview_name: str | None = None
    deployment_name: str | None = None
    env_file: str | None = None

    def __repr__(self) -> str:
        """What was given; a key in the wrong place is masked."""
        given = ((one.name, getattr(self, one.name)) for one in fields(self) if one.name != "admin_key")
        texts = [f"{name}={shown(repr(value))}" for name, value in given if value not in (None, False)]
        return f"TargetFlags({', '.join(texts)})"


@dataclass(frozen=True, slots=True)
class Target:
    """A resolved deployment. `path` is set for a snapshot or SQLite file, `url` and `admin_key` for a live deployment.

    `deployment_type` is dev, prod, preview, custom, local or anonymous, as far as it is known; `reference` and
    `is_default` too.
    """

    kind: Literal["demo", "snapshot", "sqlite", "live"]
    name: str
    reason: str
    path: Path | None = None
    url: str | None = None
    admin_key: str | None = field(default=None, repr=False)
    deployment_type: str | None = None
    reference: str | None = None
    is_default: bool | None = None

    @property
    def label(self) -> str:
        """For people: `demo (--demo)`, `prod · happy-otter-123 (--url)`."""
        prefix = f"{self.deployment_type} · " if self.deployment_type else ""
        return f"{prefix}{self.name} ({self.reason})"

    @property
    def is_prod(self) -> bool:
        return self.deployment_type == "prod"
