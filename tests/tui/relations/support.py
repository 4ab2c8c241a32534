"""The Relations tab in tests, on the demo and on a project of sixty tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kitcn_tui.app import KitcnApp
from kitcn_tui.places import RelationsPlace
from kitcn_tui.relations.view import RelationsView
from textual.pilot import Pilot

from tests.tui.support import until


def view_of(app: KitcnApp) -> RelationsView:
    return app.query_one(RelationsView)


async def shown(app: KitcnApp, pilot: Pilot[Any], table: str | None = None) -> RelationsView:
    """The tab with its graph drawn and nothing left to do."""
    await until(pilot, lambda: app.main.stage.active is not None, "the start")
    await pilot.press("4")
    await until(pilot, lambda: bool(app.query(RelationsView)) and view_of(app).selected is not None, "the graph")
    if table is not None:
        view_of(app).visit(RelationsPlace(table))
        await until(pilot, lambda: view_of(app).selected == table, f"{table} selected")
    await pilot.pause()
    return view_of(app)


def project_of_sixty(folder: Path) -> None:
    """A Convex project with sixty tables."""
    from tests.render.graph.graphs import app_of_sixty

    schema, edges = app_of_sixty()
    lines = ['import { defineSchema, defineTable } from "convex/server";', 'import { v } from "convex/values";', ""]
    lines.append("export default defineSchema({")
    for name in schema.tables:
        fields = [f'{edge.from_fields[0]}: v.id("{edge.target}")' for edge in edges if edge.source == name]
        lines.append(f"  {name}: defineTable({{ {', '.join(fields)} }}),")
    lines.append("});")
    (folder / "convex").mkdir(parents=True)
    (folder / "convex" / "schema.ts").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "package.json").write_text('{"dependencies": {"convex": "1.31.0"}}', encoding="utf-8")
