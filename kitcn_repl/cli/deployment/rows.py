"""Deployments as rows for machines and as cells for people."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from kitcn_repl.render.ages import rough, utc_text
from kitcn_repl.render.text import visible
from kitcn_repl.values import JsonObject

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitcn_repl.cli.session import Session
    from kitcn_repl.explore.deployments.model import DeploymentEntry
    from kitcn_repl.render.table import Cell

_REGIONS = {"aws-us-east-1": "us", "aws-eu-west-1": "eu"}


def row_of(entry: DeploymentEntry) -> JsonObject:
    """Times in UTC; what is not known is null."""
    return {
        "name": entry.name,
        "type": entry.type,
        "reference": entry.reference,
        "isDefault": entry.is_default,
        "team": entry.team,
        "project": entry.project,
        "region": entry.region,
        "class": entry.deployment_class,
        "created": None if entry.created is None else utc_text(entry.created),
        "lastDeployed": None if entry.last_deployed is None else utc_text(entry.last_deployed),
        "creator": entry.creator,
        "expires": None if entry.expires is None else utc_text(entry.expires),
        "url": entry.url,
        "dashboard": entry.dashboard,
        "state": entry.state,
        "device": entry.device,
        "selected": entry.selected,
        "reason": entry.reason,
    }


def write_entries(session: Session, entries: Sequence[DeploymentEntry], format_: str) -> None:
    """In any of our formats."""
    if format_ == "table":
        draw_list(session, entries, time.time())
    else:
        from kitcn_repl.cli.records import write_records

        write_records(session, [row_of(entry) for entry in entries], format_)


def draw_list(session: Session, entries: Sequence[DeploymentEntry], now: float) -> None:
    """A table; `now` is in seconds."""
    from kitcn_repl.cli.drawing import draw_cells
    from kitcn_repl.render.table import Column

    several = len({entry.place for entry in entries if entry.place is not None}) > 1
    columns = [
        Column(""),
        Column("deployment", whole=True),
        Column("type"),
        Column("reference"),
        *([Column("project")] if several else []),
        Column("age", align_right=True),
        Column("by"),
        Column("expires", align_right=True),
        Column("state"),
        Column("region"),
        Column("class"),
    ]
    draw_cells(session, columns, [_cells(entry, now, several=several) for entry in entries])


def _cells(entry: DeploymentEntry, now: float, *, several: bool) -> list[Cell]:
    from kitcn_repl.render.table import Cell

    reference = entry.reference or ""
    if entry.is_default and entry.type in ("dev", "prod"):
        reference += " (default)"
    state: str = entry.state or ""
    if entry.device is not None and state:
        state += f" on {entry.device}"
    age = "" if entry.created is None else rough(now - entry.created / 1000)
    expires = ""
    if entry.expires is not None:
        left = entry.expires / 1000 - now
        expires = rough(left) if left > 0 else "expired"
    texts = [
        "*" if entry.selected else "",
        entry.name,
        entry.type or "",
        reference,
        *([entry.place or ""] if several else []),
        age,
        entry.creator or "",
        expires,
        state,
        _REGIONS.get(entry.region or "", entry.region or ""),
        entry.deployment_class or "",
    ]
    return [Cell(visible(text), "string" if entry.selected else "plain") for text in texts]


def draw_one(session: Session, entry: DeploymentEntry, now: float) -> None:
    """Everything that is known, one thing per line."""
    style = session.environment.out_style
    local = entry.state if entry.device is None or entry.state is None else f"{entry.state} on {entry.device}"
    known = {
        "deployment": entry.name,
        "why": entry.reason,
        "type": entry.type,
        "reference": entry.reference and entry.reference + (" (default)" if entry.is_default else ""),
        "project": entry.place,
        "url": entry.url,
        "dashboard": entry.dashboard,
        "region": entry.region,
        "class": entry.deployment_class,
        "created": _when(entry.created, now, "ago", entry.creator),
        "deployed": _when(entry.last_deployed, now, "ago", None),
        "expires": _when(entry.expires, now, "left", None),
        "state": local,
    }
    for name, value in known.items():
        if value:
            text = visible(value)
            shown = style.prod(text) if entry.type == "prod" and name in ("deployment", "type") else text
            session.drawn(f"{style.dim(f'{name:<10}')}  {shown}\n")


def _when(milliseconds: int | None, now: float, direction: str, who: str | None) -> str | None:
    if milliseconds is None:
        return None
    distance = now - milliseconds / 1000 if direction == "ago" else milliseconds / 1000 - now
    relation = f"{rough(distance)} {direction}" if distance >= 0 else "past" if direction == "left" else "in the future"
    return f"{utc_text(milliseconds)} ({relation})" + (f" by {who}" if who else "")
