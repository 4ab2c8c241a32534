"""`kitcn function-spec`."""

from __future__ import annotations

import click

from kitcn_repl.cli.click_parts import HelpOnOurStdout, session_of
from kitcn_repl.cli.options import target_options
from kitcn_repl.cli.session import Session
from kitcn_repl.deployment.models import FunctionSpec
from kitcn_repl.errors import KitcnError
from kitcn_repl.values import JsonObject


@click.command("function-spec", cls=HelpOnOurStdout)
@click.option(
    "--file", "to_file", is_flag=True, help="Write it to function_spec_<time>.json in the current folder instead."
)
@target_options
@click.pass_context
def function_spec(context: click.Context, to_file: bool) -> None:
    """Print what functions are deployed, with their arguments and results, as JSON."""
    session = session_of(context)
    session.run(lambda: _tell(session, to_file))


async def _tell(session: Session, to_file: bool) -> None:
    text = await _spec(session)
    if to_file:
        _write(session, text)
    else:
        session.data(f"{text}\n")


def _write(session: Session, text: str) -> None:
    import time

    path = session.environment.cwd / f"function_spec_{time.time_ns() // 1_000_000}.json"
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise KitcnError(f"{path} cannot be written: {error.strerror}.") from error
    session.note(f"Wrote function spec to {path.name}", colour="green")


async def _spec(session: Session) -> str:
    from kitcn_repl.values.javascript import stringify

    async with session.deployment() as (_target, deployment):
        specs = await deployment.function_spec()
        url = await deployment.cloud_url()
    functions = stringify([_as_json(spec) for spec in specs], 2).replace("\n", "\n  ")
    # Not one value: `url` stands first, though an encoded object has its keys in order.
    return f'{{\n  "url": {stringify(url)},\n  "functions": {functions}\n}}'


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
