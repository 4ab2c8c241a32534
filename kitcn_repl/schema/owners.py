"""Whose a deployed table is, told by its name and its fields (kitcn.md 2.7, 4.6 to 4.8)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kitcn_repl.schema.model import Owner


INTERNAL_TABLES: Mapping[str, frozenset[str]] = {
    "aggregate_bucket": frozenset({"tableKey", "indexName", "keyHash"}),
    "aggregate_member": frozenset({"tableKey", "indexName", "docId"}),
    "aggregate_extrema": frozenset({"tableKey", "indexName", "sortKey"}),
    "aggregate_rank_tree": frozenset({"aggregateName", "root"}),
    "aggregate_rank_node": frozenset({"items", "subtrees"}),
    "aggregate_state": frozenset({"tableKey", "indexName", "keyDefinitionHash"}),
    "migration_state": frozenset({"migrationId", "checksum"}),
    "migration_run": frozenset({"runId", "migrationIds"}),
}
"""kitcn's own tables, each with fields that make it certain."""

_PLUGIN_TABLES = {
    "ratelimit": ("State", "DynamicLimit", "ProtectionHit"),
    "resend": ("Content", "NextBatchRun", "DeliveryEvents", "Emails"),
}
PLUGIN_OF_TABLE: Mapping[str, str] = {
    name: plugin
    for plugin, tables in _PLUGIN_TABLES.items()
    for table in tables
    for name in (
        plugin + table,
        plugin + "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in table),
    )
}

_BETTER_AUTH: Mapping[str, frozenset[str]] = {
    "user": frozenset({"email", "emailVerified"}),
    "session": frozenset({"token", "userId", "expiresAt"}),
    "account": frozenset({"accountId", "providerId", "userId"}),
    "verification": frozenset({"identifier", "value", "expiresAt"}),
    "jwks": frozenset({"publicKey", "privateKey"}),
    "organization": frozenset({"name", "slug"}),
    "member": frozenset({"organizationId", "userId", "role"}),
    "invitation": frozenset({"organizationId", "email", "inviterId"}),
    "team": frozenset({"name", "organizationId"}),
    "teamMember": frozenset({"teamId", "userId"}),
    "passkey": frozenset({"publicKey", "credentialID"}),
    "twoFactor": frozenset({"secret", "backupCodes"}),
    "apikey": frozenset({"key", "userId"}),
    "subscription": frozenset({"plan", "referenceId"}),
    "oauthApplication": frozenset({"clientId", "redirectURLs"}),
    "oauthAccessToken": frozenset({"accessToken", "clientId"}),
    "oauthConsent": frozenset({"clientId", "consentGiven"}),
}
_CONVEX_AUTH: Mapping[str, frozenset[str]] = {
    "authAccounts": frozenset({"userId", "provider"}),
    "authSessions": frozenset({"userId", "expirationTime"}),
    "authRefreshTokens": frozenset({"sessionId", "expirationTime"}),
    "authVerificationCodes": frozenset({"accountId", "code"}),
    "authVerifiers": frozenset(),
    "authRateLimits": frozenset({"identifier", "attemptsLeft"}),
}
# Any of these is enough to know that Better Auth is at work; a table called `user` alone is not.
_CERTAIN = ("session", "account", "verification")


def owners(tables: Mapping[str, Collection[str]]) -> dict[str, tuple[Owner, str | None]]:
    """Owner, and plugin where there is one, of each table from its field names (none: not known)."""
    has_better_auth = any(name in tables and _fits(tables[name], _BETTER_AUTH[name]) for name in _CERTAIN)
    return {name: _owner(name, fields, has_better_auth) for name, fields in tables.items()}


def _owner(name: str, fields: Collection[str], has_better_auth: bool) -> tuple[Owner, str | None]:
    if name in INTERNAL_TABLES and (not fields or INTERNAL_TABLES[name] <= set(fields)):
        return "kitcn-internal", None
    if name in PLUGIN_OF_TABLE:
        return "plugin", PLUGIN_OF_TABLE[name]
    if has_better_auth and name in _BETTER_AUTH and _fits(fields, _BETTER_AUTH[name]):
        return "auth", None
    if name in _CONVEX_AUTH and _fits(fields, _CONVEX_AUTH[name]):
        return "auth", None
    return "own", None


def _fits(fields: Collection[str], wanted: frozenset[str]) -> bool:
    return not fields or wanted <= set(fields)
