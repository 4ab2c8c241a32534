"""Acting as a user: the identity part of the Authorization header (deployment-api.md 3.3)."""

from __future__ import annotations

import json
from base64 import b64encode

from kitcn_repl.values import JsonObject

_ISSUER = "https://convex.test"


def complete_identity(identity: JsonObject) -> JsonObject:
    """The identity with `subject`, `issuer` and `tokenIdentifier` filled in as the genuine CLI does."""
    text = json.dumps(identity, ensure_ascii=False, separators=(",", ":"))
    subject = identity.get("subject")
    if subject is None:
        subject = str(_string_hash(text))
    issuer = identity.get("issuer")
    if issuer is None:
        issuer = _ISSUER
    token = identity.get("tokenIdentifier")
    if token is None:
        token = f"{issuer}|{subject}"
    return {**identity, "subject": subject, "issuer": issuer, "tokenIdentifier": token}


def acting_as(identity: JsonObject) -> str:
    """What follows the admin key and a colon in the header."""
    text = json.dumps(complete_identity(identity), ensure_ascii=False, separators=(",", ":"))
    return b64encode(text.encode("utf-8", "replace")).decode("ascii")


def _string_hash(text: str) -> int:
    """31-polynomial over UTF-16 units as a signed 32-bit number: what JavaScript's integer operators give."""
    units = memoryview(text.encode("utf-16-le", "surrogatepass")).cast("H")
    value = 0
    for unit in units:
        value = (value * 31 + unit) & 0xFFFFFFFF
    return value - (1 << 32) if value & 0x80000000 else value
