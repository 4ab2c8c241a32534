"""With what the management service is asked: a login, or a deploy key (control-plane.md 1.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from kitcn_repl.project.credentials import read_token
from kitcn_repl.targets.deploy_keys import DeployKey
from kitcn_repl.targets.variables import Variables

OVERRIDE_VARIABLE = "CONVEX_OVERRIDE_ACCESS_TOKEN"

Kind = Literal["access token", "project key", "deployment key", "preview deploy key"]


@dataclass(frozen=True, slots=True)
class Authorization:
    """`source` says where it was found, for people: `~/.convex/config.json`, `CONVEX_DEPLOY_KEY in .env.local`."""

    kind: Kind
    value: str = field(repr=False)
    source: str


def find_authorization(
    variables: Variables, key: DeployKey | None, key_source: str, environment: Mapping[str, str]
) -> tuple[Authorization | None, str | None]:
    """What to log in with, and what is wrong with the stored login, if that was looked at.

    A project key and the key of a dev or prod deployment beat the stored login, which beats a preview deploy key; the
    override beats all.
    """
    override = variables.get(OVERRIDE_VARIABLE)
    if override is not None:
        return Authorization("access token", override, variables.where(OVERRIDE_VARIABLE)), None
    if key is not None and key.kind == "project":
        return Authorization("project key", key.value, key_source), None
    if key is not None and key.kind == "deployment" and key.opens_control_plane:
        return Authorization("deployment key", key.value, key_source), None
    stored = read_token(environment)
    if stored.token is not None:
        return Authorization("access token", stored.token, str(stored.path)), stored.problem
    if key is not None and key.kind == "preview":
        return Authorization("preview deploy key", key.value, key_source), stored.problem
    return None, stored.problem
