"""Whatever comes in, the answer is a refusal that says so, never another error."""

from __future__ import annotations

import contextlib
import json

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from kitcn_repl.offline.offline import canonical_path
from kitcn_repl.offline.server.access import Keeper
from kitcn_repl.offline.server.client_version import parse_client_version
from kitcn_repl.offline.server.failures import ApiError
from kitcn_repl.offline.server.functions import parse_path
from kitcn_repl.offline.server.requests import parse_json
from kitcn_repl.offline.server.sync_messages import parse_message
from kitcn_repl.offline.server.sync_state import SyncState
from kitcn_repl.values import JsonObject

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)
HEADERS = st.text() | st.builds("{}{}".format, st.sampled_from(["Convex ", "convex k|s:", "Bearer "]), st.text())
VERSIONS = st.integers(-1, 3)


@given(st.text() | st.builds("npm-{}.{}.{}".format, st.integers(), st.integers(), st.text(max_size=3)))
def test_client_versions(header: str) -> None:
    with contextlib.suppress(ApiError):
        parsed = parse_client_version(header)
        assert header.lower() == f"{parsed.name}-{parsed.text.lower()}"


@given(HEADERS, st.none() | st.text())
def test_authorization(header: str, key: str | None) -> None:
    keeper = Keeper("name|secret")
    for authorization in (header, None):
        with contextlib.suppress(ApiError):
            assert not keeper.check_request(authorization, key).has_admin_key or "secret" in f"{authorization}{key}"


@given(st.text() | st.builds("{}:{}".format, st.from_regex(r"[a-z./_-]+"), st.text()))
def test_paths_of_functions(path: str) -> None:
    with contextlib.suppress(ApiError):
        parsed = parse_path(path)
        assert parse_path(parsed) == parsed == canonical_path(path)


@given(st.binary() | st.text() | JSON.map(json.dumps))
def test_json(data: bytes | str) -> None:
    with contextlib.suppress(ApiError):
        json.dumps(parse_json(data), allow_nan=False)


MESSAGES = st.fixed_dictionaries(
    {"type": st.sampled_from(["ModifyQuerySet", "Authenticate", "Connect", "Mutation", "Event"]) | st.text()},
    optional={
        "baseVersion": VERSIONS | JSON,
        "newVersion": VERSIONS,
        "tokenType": st.sampled_from(["Admin", "None"]),
        "requestId": VERSIONS,
        "udfPath": st.text(),
        "args": JSON,
        "modifications": st.lists(
            st.fixed_dictionaries(
                {"type": st.sampled_from(["Add", "Remove"]), "queryId": VERSIONS},
                optional={"udfPath": st.just("a:b"), "args": st.just([])},
            ),
            max_size=3,
        ),
    },
)


@settings(max_examples=200)
@given(JSON | MESSAGES)
def test_messages_of_the_socket(message: JsonObject) -> None:
    with contextlib.suppress(ValidationError):
        parse_message(message)


@settings(max_examples=200)
@given(
    st.lists(
        st.lists(
            st.one_of(
                st.builds(lambda i: {"type": "Add", "queryId": i, "udfPath": "a:b", "args": []}, st.integers(0, 3)),
                st.builds(lambda i: {"type": "Remove", "queryId": i}, st.integers(0, 3)),
            ),
            max_size=4,
        ),
        max_size=6,
    )
)
def test_a_query_set_is_what_its_modifications_make_it(rounds: list[list[JsonObject]]) -> None:
    """Against the plain model: a set of ids, in which adding twice or removing what is not there is an error."""
    state, model = SyncState(), set[object]()
    for version, modifications in enumerate(rounds):
        message: JsonObject = {"type": "ModifyQuerySet", "baseVersion": version, "newVersion": version + 1}
        message["modifications"] = list(modifications)
        parsed = parse_message(message)
        assert parsed.type == "ModifyQuerySet"
        state.modify_query_set(parsed)
        before, is_wrong = set(model), False
        for item in modifications:
            is_wrong |= (item["queryId"] in model) == (item["type"] == "Add")
            (model.add if item["type"] == "Add" else model.discard)(item["queryId"])
        try:
            update = state.begin_update(version + 1)
        except ApiError:
            assert is_wrong
            return
        assert not is_wrong
        assert update is not None
        assert {query.query_id for query in update.queries} >= model - before
        assert {query.query_id for query in update.queries} <= model
        assert set(update.removed) <= {item["queryId"] for item in modifications} - model
