"""A deployment's variables beside the defaults that new deployments of its project get."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Final

from kitcn_repl.deployment.protocol import Deployment
from kitcn_repl.deployment.together import together
from kitcn_repl.errors import ExitCode, KitcnError
from kitcn_repl.explore.environment.defaults import TYPES, open_defaults
from kitcn_repl.explore.environment.places import DeploymentVariables, Variables, refuse_offline
from kitcn_repl.targets.selection import Selection
from kitcn_repl.targets.target import Target

DEPLOYMENT: Final = "deployment"
"""The key of the deployment's own column; those of defaults are types."""
_ALWAYS: Final = TYPES[:3]


@dataclass(frozen=True, slots=True)
class Column:
    """The variables of one place; `key` is `DEPLOYMENT`, or the type that these are defaults for.

    `values` None could not be read, and `problem` says why. `title` is long, `name` what confirms a change.
    """

    key: str
    title: str
    name: str
    values: Mapping[str, str] | None = field(default=None, repr=False)
    is_prod: bool = False
    problem: KitcnError | None = None

    @property
    def is_out_of_reach(self) -> bool:
        return self.problem is not None and self.problem.exit_code is ExitCode.NOT_REACHED

    @property
    def is_deployment(self) -> bool:
        return self.key == DEPLOYMENT


@dataclass(frozen=True, slots=True)
class Overview:
    """`defaults_problem` is why there are no defaults, `readonly` why the deployment's variables cannot be changed."""

    columns: tuple[Column, ...]
    defaults_problem: KitcnError | None = None
    readonly: KitcnError | None = None

    @property
    def names(self) -> list[str]:
        """Of all variables, in order."""
        return sorted({name for column in self.columns for name in column.values or ()})

    def after(self, before: Overview) -> Overview:
        """With the values of before where nobody answers any more; `problem` goes on saying so."""
        known = {column.key: column.values for column in before.columns}
        columns = (replace(one, values=known.get(one.key)) if one.is_out_of_reach else one for one in self.columns)
        return replace(self, columns=tuple(columns))


class Environments:
    """The places around one open deployment. `selection` is asked each time: somebody may log in meanwhile."""

    def __init__(self, target: Target, deployment: Deployment, selection: Callable[[], Selection]) -> None:
        self._target = target
        self._deployment = deployment
        self._selection = selection

    @property
    def deployment(self) -> DeploymentVariables:
        return DeploymentVariables(self._deployment, self._target)

    async def read(self) -> Overview:
        """All columns at once; what cannot be read has its problem in it. Raises nothing that a user can cause."""
        own, defaults = await asyncio.gather(self._own(), self._defaults())
        columns, problem = defaults
        readonly = None
        try:
            refuse_offline(self._target)
        except KitcnError as error:
            readonly = error
        return Overview((own, *columns), problem, readonly)

    @asynccontextmanager
    async def place(self, key: str) -> AsyncIterator[Variables]:
        """The place of a column, to change it. Raises KitcnError, ReadonlyError for one that cannot be changed."""
        if key == DEPLOYMENT:
            refuse_offline(self._target)
            yield self.deployment
            return
        async with open_defaults(self._selection(), key) as defaults:
            yield defaults

    async def _own(self) -> Column:
        place = self.deployment
        try:
            values = await place.read()
        except KitcnError as error:
            return Column(DEPLOYMENT, place.title, place.name, is_prod=place.is_prod, problem=error)
        return Column(DEPLOYMENT, place.title, place.name, values, place.is_prod)

    async def _defaults(self) -> tuple[list[Column], KitcnError | None]:
        columns = []
        try:
            async with open_defaults(self._selection(), TYPES[0]) as first:
                places = [first.of_type(one) for one in TYPES]
                found = await together([place.read() for place in places])
                for place, values in zip(places, found, strict=True):
                    if values or place.deployment_type in _ALWAYS:
                        columns.append(Column(place.deployment_type, place.title, place.name, values, place.is_prod))
        except KitcnError as error:
            return [], error
        return columns, None
