"""The insights of a selected deployment, from the best source that there is for it."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from kitcn_repl.control_plane.client import ControlPlane
from kitcn_repl.control_plane.errors import ControlPlaneError, ForbiddenError, LoginNeededError
from kitcn_repl.deployment.protocol import Deployment
from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.deployments.entries import dashboard_link
from kitcn_repl.explore.insights import filtering
from kitcn_repl.explore.insights.cloud import cloud_insights
from kitcn_repl.explore.insights.live import beginning, live_history, live_insights
from kitcn_repl.explore.insights.model import WINDOW_HOURS, Report
from kitcn_repl.explore.logs.moments import Moment
from kitcn_repl.targets.choices import InProject, OfKey
from kitcn_repl.targets.selection import Selection
from kitcn_repl.targets.target import Target


@dataclass(frozen=True, slots=True)
class Wanted:
    """`since` None is for all that there is; `live` forces the deployment's own log."""

    since: Moment | None = None
    kinds: tuple[str, ...] = ()
    function: str | None = None
    live: bool = False


async def find_insights(
    target: Target,
    deployment: Deployment,
    selection: Selection,
    wanted: Wanted,
    *,
    now: float,
    environment: Mapping[str, str],
    folder: Path,
) -> Report:
    """Of a cloud deployment from the management service, if a user is logged in; of all others, and with
    `wanted.live`, from the function log. `now` is in milliseconds since 1970; `folder` has the histories.

    Raises DeploymentError if it is the log and that cannot be read.
    """
    is_cloud = isinstance(selection.choice, InProject | OfKey)
    page = f"{dashboard_link(environment, target.name)}?view=insights" if is_cloud else None
    notes: tuple[str, ...] = ()
    report = None
    if is_cloud and not wanted.live:
        try:
            report = await _of_cloud(target, selection, wanted, now)
        except ControlPlaneError as error:
            notes = (_instead(error),)
    if report is None:
        report = await _of_log(target, deployment, wanted, now, folder)
    insights = list(report.insights)
    if wanted.kinds:
        insights = filtering.of_kinds(insights, wanted.kinds)
    if wanted.function is not None:
        insights = filtering.of_function(insights, wanted.function)
    return replace(report, insights=tuple(insights), dashboard=page, notes=(*notes, *report.notes))


async def _of_cloud(target: Target, selection: Selection, wanted: Wanted, now: float) -> Report:
    authorization = selection.authorization
    if authorization is None:
        raise LoginNeededError("nobody is logged in")
    if authorization.kind in ("project key", "deployment key"):
        raise ForbiddenError(f"a deploy key may not ({authorization.source})")
    control = ControlPlane(selection.control_plane, authorization)
    begin = beginning(wanted.since, now)
    try:
        insights, unreadable = await cloud_insights(control, target.name, now, begin)
    finally:
        await control.aclose()
    if wanted.since is not None:
        insights = filtering.since(insights, begin)
    notes: tuple[str, ...] = ()
    if unreadable:
        rows = "row" if unreadable == 1 else "rows"
        notes = (f"Convex gave {unreadable} {rows} that name no kind of insight; kitcn may be too old for them.",)
    return Report(target.name, "cloud", begin, now, tuple(insights), notes=notes)


def _instead(error: ControlPlaneError) -> str:
    if isinstance(error, LoginNeededError | ForbiddenError):
        why = error.message.rstrip(".")
        return (
            f"Convex shows insights to users who are logged in only ({why}): kitcn login. These are from the function"
            " log instead, as far as kitcn has seen it."
        )
    return (
        f"Convex's insights cannot be had now ({error.message.rstrip('.')}). These are from the function log instead."
    )


async def _of_log(target: Target, deployment: Deployment, wanted: Wanted, now: float, folder: Path) -> Report:
    history, problem = await live_history(deployment, folder)
    with closing(history):
        try:
            live = await live_insights(deployment, history, now, wanted.since)
        except sqlite3.Error as error:
            raise KitcnError(f"The history of insights {history.path} cannot be used: {error}.") from error
    notes = [] if problem is None else [problem]
    if wanted.since is not None and beginning(wanted.since, live.end) < live.begin:
        notes.append(f"What the function log tells is kept for {WINDOW_HOURS} hours.")
    if not live.has_entries:
        notes.append(_nothing(target))
    return Report(
        target.name,
        "live",
        live.begin,
        live.end,
        tuple(live.insights),
        seen=live.seen,
        notes=(*notes, *live.notes),
    )


def _nothing(target: Target) -> str:
    if target.kind in ("snapshot", "sqlite"):
        return "Data files hold no function log, so there is nothing to tell insights from."
    return "The function log is empty: no function has run since the backend started."
