"""Who is asking: admin keys, acting as a user, nobody (deployment-api 1.1, 1.4)."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import re
import secrets
from dataclasses import dataclass

from kitcn_repl.offline.server.failures import ApiError, bad_request
from kitcn_repl.values import JsonObject

_NAME_CHARACTER = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Identity:
    """`acting_as` is the user whom an admin key impersonates; functions then see that user only."""

    has_admin_key: bool = False
    acting_as: JsonObject | None = None

    @property
    def is_admin(self) -> bool:
        return self.has_admin_key and self.acting_as is None


NOBODY = Identity()


def mint_admin_key(deployment_name: str) -> str:
    """A new random key, `<name>|<hex>`."""
    name = _NAME_CHARACTER.sub("-", deployment_name.lower()).strip("-") or "offline"
    return f"{name}|{secrets.token_hex(32)}"


def without_type_prefix(key: str) -> str:
    """`prod:name|secret` -> `name|secret`; `preview:team:project|secret` -> `secret`."""
    before, pipe, secret = key.partition("|")
    if not pipe or ":" not in before:
        return key
    kind, _, name = before.partition(":")
    return secret if kind.lower() in {"preview", "project"} else f"{name}|{secret}"


class Keeper:
    """Knows the admin key."""

    def __init__(self, admin_key: str) -> None:
        self._key = without_type_prefix(admin_key).encode()

    def check_key(self, key: str) -> Identity:
        if not hmac.compare_digest(without_type_prefix(key).encode("utf-8", "surrogatepass"), self._key):
            raise ApiError(401, "BadAdminKey", "The provided admin key was invalid for this instance")
        return Identity(has_admin_key=True)

    def check_user_token(self) -> Identity:
        raise ApiError(
            401,
            "NoAuthProvider",
            "No auth provider found matching the given token. An offline deployment has no auth providers configured.",
        )

    def check_request(self, authorization: str | None, key_parameter: str | None) -> Identity:
        """Identity by the Authorization header, else by `?adminKey=`."""
        if authorization is None:
            return NOBODY if key_parameter is None else self.check_key(key_parameter)
        if len(authorization) < 7:
            raise bad_request("InvalidHeaderFailure", "Invalid authentication header")
        if authorization[:7].lower() == "convex ":
            return self._check_convex_header(authorization[7:])
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise bad_request("InvalidAdminKey", "Invalid admin key")
        return self.check_user_token()

    def _check_convex_header(self, value: str) -> Identity:
        key, colon, acting_as = without_type_prefix(value).partition(":")
        if not colon:
            return self.check_key(key)
        try:
            user = json.loads(base64.b64decode(acting_as, validate=True))
        except (binascii.Error, ValueError) as error:
            raise bad_request("HeaderParseFailure", "Malformed Authorization header.") from error
        return self.act_as(self.check_key(key), user)

    def act_as(self, identity: Identity, user: object) -> Identity:
        """The admin `identity` as `user`, who needs a `tokenIdentifier`, or an `issuer` and a `subject`."""
        if not isinstance(user, dict) or not (
            isinstance(user.get("tokenIdentifier"), str)
            or (isinstance(user.get("issuer"), str) and isinstance(user.get("subject"), str))
        ):
            raise bad_request("HeaderParseFailure", "Malformed Authorization header.")
        return Identity(has_admin_key=identity.has_admin_key, acting_as=user)


def require_admin_key(identity: Identity) -> None:
    if not identity.has_admin_key:
        raise ApiError(
            403,
            "BadDeployKey",
            "The provided deploy key was invalid for this deployment. Double check that the environment this key was "
            "generated for matches the desired deployment.",
        )
