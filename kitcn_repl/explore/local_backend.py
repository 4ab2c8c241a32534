"""A local deployment: its backend while that runs, else the file with its data."""

from __future__ import annotations

from kitcn_repl.deployment.address import parse_address
from kitcn_repl.deployment.errors import DeploymentError
from kitcn_repl.deployment.exchange import Exchange
from kitcn_repl.deployment.retry import NO_RETRIES
from kitcn_repl.deployment.transport import Timeouts, open_transport
from kitcn_repl.errors import NoDeploymentError
from kitcn_repl.project.local_state import LocalState
from kitcn_repl.targets.target import Target

_PATIENCE = Timeouts(connect=2.0, read=3.0, write=2.0, total=4.0)


async def local_target(state: LocalState, reason: str) -> Target:
    """Raises NoDeploymentError if neither the backend nor its file is there."""
    answering = await who_answers(state)
    if answering == state.name:
        return Target("live", state.name, reason, url=state.url, admin_key=state.admin_key, deployment_type=state.kind)
    why = "its backend is not running" if answering is None else f"{answering!r} runs at {state.url} instead"
    if not state.database.is_file():
        raise NoDeploymentError(
            f"The local deployment {state.name} cannot be opened: {why}, and {state.database} does not exist.",
            hint="Start it with: npx convex dev",
        )
    return Target(
        "sqlite",
        state.name,
        f"{reason}; {why}, so its file is read",
        path=state.database,
        deployment_type=state.kind,
    )


async def who_answers(state: LocalState) -> str | None:
    """The name of the backend at the deployment's address; None if none is there. The key is not sent."""
    address = parse_address(state.url)
    exchange = Exchange(address, state.admin_key, open_transport(address, _PATIENCE), NO_RETRIES)
    try:
        return await exchange.public_text("/instance_name")
    except DeploymentError:
        return None
    finally:
        await exchange.aclose()
