"""Which tabs there are. Their views are imported when they are first looked at: the first frame pays for none."""

from __future__ import annotations

from importlib import import_module
from typing import NamedTuple, cast

from kitcn_tui.places import (
    DocumentPlace,
    EnvironmentPlace,
    FunctionsPlace,
    InsightsPlace,
    LogsPlace,
    Place,
    QueryPlace,
    RelationsPlace,
    SchemaPlace,
    TablePlace,
)
from kitcn_tui.views.view import View


class Tab(NamedTuple):
    """`start` is where the tab begins, `view` names its class, `short` is its title where there is little room."""

    title: str
    start: Place
    view: str
    short: str = ""

    @property
    def name(self) -> str:
        return self.start.tab

    def load(self) -> type[View]:
        module, _, name = self.view.partition(":")
        return cast(type[View], getattr(import_module(module), name))


TABS = (
    Tab("Data", TablePlace(), "kitcn_tui.data.view:DataView"),
    Tab("Document", DocumentPlace(), "kitcn_tui.document.view:DocumentView", "Doc"),
    Tab("Schema", SchemaPlace(), "kitcn_tui.schema.view:SchemaView"),
    Tab("Relations", RelationsPlace(), "kitcn_tui.relations.view:RelationsView", "Rels"),
    Tab("Query", QueryPlace(), "kitcn_tui.query.view:QueryView"),
    Tab("Functions", FunctionsPlace(), "kitcn_tui.functions.view:FunctionsView", "Funcs"),
    Tab("Insights", InsightsPlace(), "kitcn_tui.insights.view:InsightsView"),
    Tab("Environment", EnvironmentPlace(), "kitcn_tui.environment.view:EnvironmentView", "Env"),
    Tab("Logs", LogsPlace(), "kitcn_tui.logs.view:LogsView"),
)
BY_NAME = {tab.name: tab for tab in TABS}
