"""One client's query set: versions, what has to be run, and the transitions that tell about it (deployment-api 3.4)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from kitcn_repl.deployment.errors import QueryFailedError
from kitcn_repl.deployment.models import FunctionResult
from kitcn_repl.offline.server.access import NOBODY, Identity
from kitcn_repl.offline.server.failures import bad_request, without_request_id
from kitcn_repl.offline.server.service import encode_timestamp
from kitcn_repl.offline.server.sync_messages import AddQuery, ModifyQuerySet, RemoveQuery
from kitcn_repl.values import JsonObject, JsonValue

Outcome = FunctionResult | QueryFailedError


@dataclass(frozen=True, slots=True)
class StateVersion:
    query_set: int = 0
    identity: int = 0
    timestamp: int = 0

    def to_json(self) -> JsonObject:
        return {"querySet": self.query_set, "identity": self.identity, "ts": encode_timestamp(self.timestamp)}


@dataclass(slots=True)
class SyncedQuery:
    """`digest` is of the outcome last told to the client; None before the first."""

    request: AddQuery
    digest: int | None = None


@dataclass(slots=True)
class Update:
    """A transition in the making: `queries` have to be run under `identity`."""

    version: StateVersion
    identity: Identity
    queries: list[AddQuery]
    removed: list[int]


@dataclass(slots=True)
class SyncState:
    """What the client asked for (`received_*`, pending) runs ahead of what it was told (`version`)."""

    version: StateVersion = StateVersion()
    received_query_set: int = 0
    received_identity: int = 0
    identity: Identity = NOBODY
    _queries: dict[int, SyncedQuery] = field(default_factory=dict)
    _pending: list[AddQuery | RemoveQuery] = field(default_factory=list)
    _stale: bool = False
    _wanted: bool = False

    def modify_query_set(self, message: ModifyQuerySet) -> None:
        _check_base_version(message.base_version, self.received_query_set)
        if message.new_version <= message.base_version:
            raise bad_request("InvalidQuerySetVersion", "The new version of a query set must be above its base version")
        self.received_query_set = message.new_version
        self._pending += message.modifications
        self._wanted = True

    def modify_identity(self, base_version: int, identity: Identity) -> None:
        """Everything is run again under the new identity."""
        _check_base_version(base_version, self.received_identity)
        self.received_identity += 1
        self.identity = identity
        self.invalidate()

    def invalidate(self) -> None:
        self._stale = True
        self._wanted = True

    def begin_update(self, timestamp: int) -> Update | None:
        """The work that is due now, if any. Finish it before beginning the next."""
        if not self._wanted:
            return None
        removed: list[int] = []
        added: list[int] = []
        for modification in self._pending:
            query_id = modification.query_id
            if isinstance(modification, RemoveQuery):
                if self._queries.pop(query_id, None) is None:
                    raise bad_request("NonexistentQueryId", f"Nonexistent query id: {query_id}")
                removed.append(query_id)
            elif query_id in self._queries:
                raise bad_request("DuplicateQueryId", f"Duplicate query ID: {query_id}")
            else:
                self._queries[query_id] = SyncedQuery(modification)
                added.append(query_id)
        due = list(self._queries) if self._stale else [query_id for query_id in added if query_id in self._queries]
        self._pending, self._stale, self._wanted = [], False, False
        return Update(
            StateVersion(self.received_query_set, self.received_identity, timestamp),
            self.identity,
            [self._queries[query_id].request for query_id in due],
            [query_id for query_id in removed if query_id not in self._queries],
        )

    def finish_update(self, update: Update, outcomes: dict[int, Outcome]) -> JsonObject:
        """The Transition that brings the client to `update.version`; unchanged results are left out."""
        modifications: list[JsonValue] = [{"type": "QueryRemoved", "queryId": query_id} for query_id in update.removed]
        for query_id, outcome in outcomes.items():
            digest = hash(_content(outcome))
            query = self._queries[query_id]
            if query.digest != digest:
                query.digest = digest
                modifications.append(_modification(query_id, outcome))
        start, self.version = self.version, update.version
        return {
            "type": "Transition",
            "startVersion": start.to_json(),
            "endVersion": update.version.to_json(),
            "modifications": modifications,
        }


def _check_base_version(base_version: int, current: int) -> None:
    if base_version != current:
        raise bad_request(
            "BaseVersionMismatch",
            f"Base version {base_version} passed up doesn't match the current version {current}",
        )


def _content(outcome: Outcome) -> str:
    """What makes two outcomes the same to a client; ids of requests do not."""
    if isinstance(outcome, QueryFailedError):
        return json.dumps([without_request_id(outcome.message), outcome.data, outcome.log_lines])
    return json.dumps([outcome.value, outcome.log_lines], sort_keys=True)


def _modification(query_id: int, outcome: Outcome) -> JsonObject:
    if isinstance(outcome, QueryFailedError):
        failed: JsonObject = {
            "type": "QueryFailed",
            "queryId": query_id,
            "errorMessage": outcome.message,
            "logLines": list(outcome.log_lines),
            "journal": None,
        }
        if outcome.has_data:
            failed["errorData"] = outcome.data
        return failed
    return {
        "type": "QueryUpdated",
        "queryId": query_id,
        "value": outcome.value,
        "logLines": list(outcome.log_lines),
        "journal": None,
    }
