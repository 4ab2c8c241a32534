"""Usage rows of the management service, as they become insights and are shown in every form."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from kitcn_repl.control_plane.client import ControlPlane
from kitcn_repl.deployment.retry import NO_RETRIES
from kitcn_repl.deployment.transport import Answer
from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.insights.model import HOUR, Report
from kitcn_repl.explore.insights.rows import insights_of_rows
from kitcn_repl.render.insights import machine
from kitcn_repl.render.insights.genuine import as_text
from kitcn_repl.render.insights.markdown import as_markdown
from kitcn_repl.render.insights.terminal import lines
from kitcn_repl.render.style import Style
from kitcn_repl.targets.authorization import Authorization
from kitcn_repl.values import JsonValue
from tests.fuzz import hostile
from tests.fuzz.answers import URL, Scripted
from tests.fuzz.harness import Family
from tests.fuzz.oracle import SECRET, assert_safe_to_show, clear_line
from tests.support.usage_rows import believable_rows, crashing_rows, generated_rows

_NOW = datetime(2026, 3, 4, tzinfo=UTC)
_SEEDS: tuple[Any, ...] = (*believable_rows(_NOW), *generated_rows(3, 40), *crashing_rows())


def make(random: Random) -> bytes:
    rows = [json.loads(json.dumps(random.choice(_SEEDS))) for _ in range(random.randrange(1, 5))]
    at = random.randrange(len(rows))
    row = rows[at]
    if random.random() < 0.6 and isinstance(row, list) and len(row) > 3 and isinstance(row[3], str):
        try:
            details = json.loads(row[3])
        except ValueError:
            details = {}
        row[3] = hostile.dumped(random, hostile.mutated_json(random, details)).decode("utf-8", "replace")
    else:
        rows[at] = hostile.mutated_json(random, row)
    return hostile.dumped(random, rows if random.random() < 0.95 else hostile.value(random))


def check(case: bytes, _folder: Path) -> str:
    try:
        rows = asyncio.run(_asked(case))
    except KitcnError as error:
        clear_line(error, quotes_server=True)
        return "refused"
    insights, unreadable = insights_of_rows(rows)
    assert len(insights) + unreadable == len(rows)
    end = _NOW.timestamp() * 1000
    report = Report("happy-otter-123", "cloud", end - 72 * HOUR, end, tuple(insights))
    for details in (False, True):
        as_text(report, details=details).encode()
        assert_safe_to_show("\n".join(lines(report, Style(False), 80, details=details)))
        json.loads(machine.json_text(machine.as_object(report, details=details), 2))
    for insight in insights:
        json.loads(machine.json_text(machine.as_record(insight, details=True)))
        json.dumps(machine.as_flat(insight))
    assert_safe_to_show(as_markdown(report))
    return "read"


async def _asked(body: bytes) -> list[JsonValue]:
    transport = Scripted((Answer(200, {"content-type": "application/json"}, body),))
    plane = ControlPlane(URL, Authorization("access token", SECRET, "the test"), transport=transport, retry=NO_RETRIES)
    return list(await plane.usage_rows(1, "q", "happy-otter-123", "2026-03-01", "2026-03-04"))


FAMILY = Family("insights", make, check, bytes, lambda size: (24 << 20) + 100 * size)
