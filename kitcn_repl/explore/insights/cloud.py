"""Insights from the management service, which keeps those of cloud deployments."""

from __future__ import annotations

from typing import Final

from kitcn_repl.control_plane.client import ControlPlane
from kitcn_repl.explore.insights.instants import day_of
from kitcn_repl.explore.insights.model import HOUR, WINDOW_HOURS, Insight
from kitcn_repl.explore.insights.rows import insights_of_rows

QUERY: Final = "9ab3b74e-a725-480b-88a6-43e6bd70bd82"
"""The usage query that the dashboard and the genuine CLI ask insights of."""


async def cloud_insights(
    control: ControlPlane, deployment: str, now: float, begin: float | None = None
) -> tuple[list[Insight], int]:
    """Those of the days of the last 72 hours, or of more from `begin` on, and how many rows could not be read.

    Raises ControlPlaneError.
    """
    place = await control.access.project_of_deployment(deployment)
    usual = now - WINDOW_HOURS * HOUR
    first = day_of(usual if begin is None else min(begin, usual))
    return insights_of_rows(await control.usage_rows(place.team_id, QUERY, deployment, first, day_of(now)))
