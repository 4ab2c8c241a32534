"""The dashboard's usage rows, and the identity provider of the device flow (control-plane.md 3.4, 3.6)."""

from __future__ import annotations

from typing import Any

from tests.support.control_plane.access import Call, Refusal
from tests.support.control_plane.legacy import Handler


class OAuthError(Exception):
    """An error as identity providers word it."""


def usage_query(call: Call) -> Any:
    call.seen_team(call.params["team_id"])
    for name in ("queryId", "from", "to"):
        if name not in call.query:
            raise Refusal(400, "BadQueryParams", f"missing field `{name}`")
    return call.world.usage.get(call.query.get("deploymentName", ""), [])


def usage_state(call: Call) -> Any:
    team = call.seen_team(call.params["team_id"])
    return {"teamId": team.id, "usageState": "Default"}


def spending_limits(call: Call) -> Any:
    call.seen_team(call.params["team_id"])
    return {"disableThresholdCents": None, "warningThresholdCents": None, "state": None}


def configuration(call: Call) -> Any:
    base = f"{call.origin}/oidc"
    return {
        "issuer": base,
        "authorization_endpoint": f"{base}/authorize",
        "token_endpoint": f"{base}/token",
        "device_authorization_endpoint": f"{base}/device",
        "jwks_uri": f"{base}/jwks",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    }


def device(call: Call) -> Any:
    if not call.body.get("client_id"):
        raise OAuthError("invalid_client")
    return {
        "device_code": "a-device-code",
        "user_code": "ABCD-1234",
        "verification_uri": f"{call.origin}/activate",
        "verification_uri_complete": f"{call.origin}/activate?user_code=ABCD-1234",
        "expires_in": 300,
        "interval": 1,
    }


def token(call: Call) -> Any:
    if call.body.get("grant_type") != "urn:ietf:params:oauth:grant-type:device_code":
        raise OAuthError("unsupported_grant_type")
    if call.body.get("device_code") != "a-device-code":
        raise OAuthError("invalid_grant")
    world = call.world
    if world.logins_pending:
        world.logins_pending -= 1
        raise OAuthError("authorization_pending")
    if world.login_ends_with:
        raise OAuthError(world.login_ends_with)
    value = f"oidc-token-{world.new_id()}"
    world.login_tokens[value] = world.members[0]
    return {"access_token": value, "token_type": "Bearer", "expires_in": 300}


SIGN_IN: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/api/dashboard/teams/{team_id}/usage/query", usage_query),
    ("GET", "/api/dashboard/teams/{team_id}/usage/team_usage_state", usage_state),
    ("GET", "/api/dashboard/teams/{team_id}/get_spending_limits", spending_limits),
    ("GET", "/oidc/.well-known/openid-configuration", configuration),
    ("POST", "/oidc/device", device),
    ("POST", "/oidc/token", token),
)
