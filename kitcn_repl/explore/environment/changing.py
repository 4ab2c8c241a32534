"""Setting and removing variables in two steps: a plan to show, then the change itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kitcn_repl.control_plane.errors import (
    ControlPlaneUnavailableError,
    ControlPlaneUnreachableError,
    ForbiddenError,
    UnexpectedAnswerError,
)
from kitcn_repl.deployment.errors import (
    MalformedAnswerError,
    NotConvexError,
    PermissionDeniedError,
    ReadonlyError,
    UnavailableError,
    UnreachableError,
)
from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.environment.places import Variables
from kitcn_repl.explore.environment.plan import Plan, plan_removing, plan_setting
from kitcn_repl.explore.environment.rules import check_plan, shown_name
from kitcn_repl.explore.suggestions import nearest

_OUTCOME_UNKNOWN = (
    ControlPlaneUnavailableError,
    ControlPlaneUnreachableError,
    MalformedAnswerError,
    NotConvexError,
    UnavailableError,
    UnexpectedAnswerError,
    UnreachableError,
)


class ConflictError(KitcnError):
    """Variables have other values already, and nobody said that these may be overwritten."""

    def __init__(self, names: Sequence[str]) -> None:
        already = "already exists with different value" if len(names) == 1 else "already exist with different values"
        super().__init__(
            f"Environment variable{'' if len(names) == 1 else 's'} {listed(names)} {already}; nothing was changed.",
            hint="Use --force to overwrite existing values.",
        )
        self.names = tuple(names)


class MissingVariableError(KitcnError):
    """Variables that were asked for are not there."""


async def plan_set(place: Variables, wanted: Mapping[str, str]) -> Plan:
    """What setting `wanted` would change, checked against the limits.

    A key that may set variables without seeing them gives a plan that does not know what is there.
    """
    try:
        present: dict[str, str] | None = await place.read()
    except (PermissionDeniedError, ForbiddenError):
        present = None
    plan = plan_setting(present, wanted)
    check_plan(plan, is_deployment=place.is_deployment)
    return plan


def refuse_conflicts(plan: Plan) -> None:
    """Raises ConflictError if a present value would change; KitcnError if the present ones cannot be seen."""
    if not plan.knows_present:
        raise KitcnError(
            "This key may not see the variables that are there, so nothing was changed.",
            hint="Use --force to overwrite existing values.",
        )
    changed = [change.name for change in plan.of("changed")]
    if changed:
        raise ConflictError(changed)


async def plan_remove(place: Variables, names: Sequence[str], *, ignore_missing: bool = False) -> Plan:
    """What removing `names` would change. Raises MissingVariableError for names that are not there."""
    present = await place.read()
    missing = [name for name in dict.fromkeys(names) if name not in present]
    if missing and not ignore_missing:
        raise missing_variables(missing, sorted(present), place)
    return plan_removing(present, names)


async def carry_out(place: Variables, plan: Plan, *, confirmed: bool) -> None:
    """Make the changes of `plan`, in one request. Raises ReadonlyError for prod unless it is confirmed."""
    if not plan.sent:
        return
    if place.is_prod and not confirmed:
        raise ReadonlyError(
            f"Nothing was changed: {place.title} is production and nobody confirmed; --yes does it without asking."
        )
    try:
        await place.change(plan.sent)
    except _OUTCOME_UNKNOWN as error:
        if error.hint is None:
            look = "kitcn env list" if place.is_deployment else "kitcn env default list"
            error.hint = f"Whether the change was made is not known: look with {look}."
        raise


def missing_variables(missing: Sequence[str], present: Sequence[str], place: Variables) -> MissingVariableError:
    """The error for names that are not there, with the nearest one that is."""
    names = [shown_name(name) for name in missing]
    if len(names) > 1:
        return MissingVariableError(f"Environment variables {listed(names)} not found{place.notice}.")
    near = nearest(missing[0], present)
    return MissingVariableError(
        f"Environment variable {names[0]!r} not found{place.notice}.",
        hint=f"Did you mean {near!r}?" if near else None,
    )


def listed(words: Sequence[str]) -> str:
    """`A`, `A and B`, `A, B, and C`."""
    if len(words) < 3:
        return " and ".join(words)
    return f"{', '.join(words[:-1])}, and {words[-1]}"
