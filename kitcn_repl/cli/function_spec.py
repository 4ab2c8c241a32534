"""`kitcn function-spec`."""

from __future__ import annotations

import click

from kitcn_repl.cli.click_parts import HelpOnOurStdout, session_of
from kitcn_repl.cli.options import target_options
from kitcn_repl.cli.session import Session
from kitcn_repl.deployment.models import FunctionSpec
from kitcn_repl.values import JsonObject


@click.command("function-spec", cls=HelpOnOurStdout)
@target_options
@click.pass_context
def function_spec(context: click.Context) -> None:
    """Print what functions are deployed, with their arguments and results, as JSON."""
    session = session_of(context)
    session.run(lambda: _print(session))


async def _print(session: Session) -> None:
    from kitcn_repl.values.javascript import stringify

    async with session.deployment() as (_target, deployment):
        specs = await deployment.function_spec()
        url = await deployment.cloud_url()
    functions = stringify([_as_json(spec) for spec in specs], 2).replace("\n", "\n  ")
    # Not one value: `url` stands first, though an encoded object has its keys in order.
    session.data(f'{{\n  "url": {stringify(url)},\n  "functions": {functions}\n}}\n')


def _as_json(spec: FunctionSpec) -> JsonObject:
    if spec.function_type == "HttpAction":
        return {"functionType": spec.function_type, "method": spec.method, "path": spec.path}
    return {
        "args": spec.args,
        "functionType": spec.function_type,
        "identifier": spec.identifier,
        "returns": spec.returns,
        "visibility": {"kind": spec.visibility},
    }
