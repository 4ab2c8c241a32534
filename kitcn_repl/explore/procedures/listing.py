"""Joins what is deployed with what the source has, each of which may be missing."""

from __future__ import annotations

import asyncio
import fnmatch
import json
from typing import Literal, cast

from kitcn_repl.deployment.models import ROOT_COMPONENT, FunctionSpec
from kitcn_repl.deployment.protocol import Deployment
from kitcn_repl.deployment.together import ending
from kitcn_repl.explore.functions import display_path
from kitcn_repl.explore.procedures.crons import deployed_crons
from kitcn_repl.explore.procedures.declared import Declared, DeclaredFunction, declared_crons, read_declared
from kitcn_repl.explore.procedures.generated import Generated, GeneratedProcedure, GeneratedRoute, read_generated
from kitcn_repl.explore.procedures.model import Cron, Kind, Procedure, Procedures, Standing
from kitcn_repl.project.layout import Project
from kitcn_repl.schema.model import Place
from kitcn_repl.values import JsonValue

_NOTHING = GeneratedProcedure()


async def list_procedures(
    deployment: Deployment | None, project: Project | None, component: str = ROOT_COMPONENT
) -> Procedures:
    """Functions by name, routes by path, crons. The project's source is that of the app itself, not of a component."""
    notes: list[str] = []
    if component:
        project = None
    specs: list[FunctionSpec] | None = None
    running: list[Cron] | None = None
    if deployment is not None:
        functions = asyncio.ensure_future(deployment.function_spec(component))
        crons = asyncio.ensure_future(deployed_crons(deployment, component))
        async with ending(functions, crons):
            specs, running = await asyncio.gather(functions, crons)
        if running is None:
            notes.append("The deployment does not tell its cron jobs.")
    generated: Generated | None = None
    declared = Declared({}, frozenset())
    if project is not None:
        generated = read_generated(project)
        declared = read_declared(project)
        if project.uses_kitcn and not generated.files:
            notes.append("kitcn's generated files are missing, so there is no meta; run `kitcn dev` once.")
    return Procedures(
        tuple(_functions(specs, generated, declared)),
        tuple(_routes(specs, generated)),
        tuple(_crons(running, project)),
        tuple(notes),
    )


def matching(procedures: Procedures, pattern: str) -> Procedures:
    """Those whose name holds `pattern`, or matches it if it has wildcards; in any case of letters."""
    wanted = pattern.lower()
    wild = any(char in wanted for char in "*?[")

    def fits(*names: str) -> bool:
        lowered = [name.lower() for name in names]
        return any(fnmatch.fnmatchcase(name, wanted) if wild else wanted in name for name in lowered)

    return Procedures(
        tuple(function for function in procedures.functions if fits(function.name)),
        tuple(route for route in procedures.routes if fits(route.name, str(route.meta.get("name", "")))),
        tuple(cron for cron in procedures.crons if fits(cron.name, cron.function)),
        procedures.notes,
    )


def _functions(specs: list[FunctionSpec] | None, generated: Generated | None, declared: Declared) -> list[Procedure]:
    deployed = {display_path(spec.identifier): spec for spec in specs or () if spec.identifier}
    known = {} if generated is None else generated.procedures
    functions = declared.functions
    return [
        _procedure(
            name,
            deployed.get(name),
            known.get(name),
            functions.get(name),
            _standing(
                deployed=name in deployed if specs is not None else None,
                in_source=(name in known or declared.may_have(name)) if generated is not None else None,
                stale=name in functions and functions[name].listed and name not in known,
            ),
        )
        for name in sorted({*deployed, *known, *functions})
    ]


def _standing(*, deployed: bool | None, in_source: bool | None, stale: bool) -> Standing:
    if stale:
        return "stale codegen"
    if deployed is None or in_source is None:
        return "unknown"
    if deployed:
        return "both" if in_source else "only deployed"
    return "only source"


def _procedure(
    name: str,
    spec: FunctionSpec | None,
    generated: GeneratedProcedure | None,
    declared: DeclaredFunction | None,
    standing: Standing,
) -> Procedure:
    facts = generated or _NOTHING
    kind = spec.function_type.lower() if spec is not None else facts.kind or (declared.kind if declared else "query")
    visibility = spec.visibility if spec is not None else facts.visibility
    if visibility is None:
        visibility = (declared.visibility if declared else None) or "public"
    place: Place | None = declared.place if declared is not None else facts.place
    return Procedure(
        name=name,
        kind=cast(Kind, kind),
        visibility=cast(Literal["public", "internal"], visibility),
        standing=standing,
        args=_validator(spec.args) if spec is not None else None,
        returns=_validator(spec.returns) if spec is not None else None,
        meta=facts.meta,
        kitcn=True if generated is not None else declared.kitcn if declared is not None else None,
        place=place,
    )


def _validator(validator: JsonValue) -> JsonValue:
    """Some servers send validators as JSON text."""
    if not isinstance(validator, str):
        return validator
    try:
        value: JsonValue = json.loads(validator)
    except ValueError:
        return None
    return value


def _routes(specs: list[FunctionSpec] | None, generated: Generated | None) -> list[Procedure]:
    deployed = {(spec.method.upper(), spec.path) for spec in specs or () if spec.function_type == "HttpAction"}
    known: dict[tuple[str, str], GeneratedRoute] = {}
    if generated is not None:
        known = {(route.method, route.path): route for route in generated.routes}
    found = []
    for method, path in sorted({*deployed, *known}, key=lambda route: (route[1], route[0])):
        route = known.get((method, path))
        found.append(
            Procedure(
                name=f"{method} {path}",
                kind="http",
                visibility="public",
                standing=_standing(
                    deployed=(method, path) in deployed if specs is not None else None,
                    # Routes that other routers add, such as those of the auth library, are nowhere in generated files.
                    in_source=True if route is not None else None,
                    stale=False,
                ),
                meta={} if route is None else {"name": route.name},
                kitcn=None if route is None else True,
            )
        )
    return found


def _crons(running: list[Cron] | None, project: Project | None) -> list[Cron]:
    declared = {cron.name: cron for cron in (declared_crons(project) if project is not None else ())}
    if running is None:
        return [Cron(cron.name, cron.function, cron.schedule, place=cron.place) for cron in declared.values()]
    return [
        Cron(
            cron.name,
            cron.function,
            cron.schedule,
            cron.next_run,
            cron.last_run,
            cron.last_status,
            declared[cron.name].place if cron.name in declared else None,
        )
        for cron in sorted(running, key=lambda cron: cron.name)
    ]
