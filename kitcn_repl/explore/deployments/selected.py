"""The name of the selected deployment, without opening it."""

from __future__ import annotations

from kitcn_repl.control_plane.access import Access
from kitcn_repl.explore.selecting import place_of
from kitcn_repl.targets.choices import DeploymentChoice, InProject, OfKey, OnDisk
from kitcn_repl.targets.selection import Selection
from kitcn_repl.targets.target import Target


def known_name(selection: Selection) -> str | None:
    """As far as it is known without asking anybody."""
    match selection.choice:
        case OfKey(key):
            return key.name
        case OnDisk(state):
            return state.name
        case Target() as target:
            return target.name
        case InProject(_, DeploymentChoice("name", name)):
            return name
    return None


async def selected_name(selection: Selection, access: Access) -> str | None:
    """None for a preview deployment, which only its credentials name. Raises ControlPlaneError."""
    known = known_name(selection)
    if known is not None or not isinstance(selection.choice, InProject):
        return known
    choice = selection.choice.choice
    if choice.kind == "preview":
        return None
    place = await place_of(selection.choice.project, access)
    if choice.kind == "reference":
        return await access.name_by_reference(place.team, place.project, choice.value)
    return await access.default_name(place.team, place.project, "prod" if choice.kind == "prod" else "dev")
