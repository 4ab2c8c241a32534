"""What `Remote` sends, and what it makes of what comes back."""

from __future__ import annotations

import base64
import json

import pytest

from kitcn_repl import __version__
from kitcn_repl.deployment.errors import MalformedAnswerError, RequestRejectedError, UnavailableError
from kitcn_repl.deployment.identity import acting_as
from kitcn_repl.deployment.models import (
    ComponentInfo,
    FunctionSpec,
    QueryModule,
)
from kitcn_repl.errors import UsageError
from kitcn_repl.values import JsonObject
from tests.deployment.support import FUNCTION, KEY, QUERY, RUN, MakeRemote
from tests.deployment.system import COMPONENTS, ENCODED, system
from tests.support.faults import (
    FaultyServer,
    chunked,
    hang,
    refuse,
    reply,
    reply_json,
    succeed,
)

CLIENT = f"kitcn-repl-{__version__}"


async def test_inline_query(server: FaultyServer, connect: MakeRemote) -> None:
    server.on(RUN, succeed({"$integer": "AQAAAAAAAAA="}, ["[LOG] 'hi'"]))
    result = await connect(server.url + "/").run_module(QueryModule("export default 1", source_map="{}"))
    assert (result.value, result.log_lines) == ({"$integer": "AQAAAAAAAAA="}, ("[LOG] 'hi'",))
    (sent,) = server.requests
    assert (sent.method, sent.target) == ("POST", RUN)
    assert sent.json == {
        "adminKey": KEY,
        "args": {},
        "bundle": {"path": "testQuery.js", "source": "export default 1", "sourceMap": "{}"},
        "format": ENCODED,
    }
    assert sent.headers["authorization"] == f"Convex {KEY}"
    assert sent.headers["convex-client"] == CLIENT
    assert sent.headers["content-type"] == "application/json"
    assert sent.headers["host"] == server.url.removeprefix("http://")


async def test_a_path_in_the_url_is_kept(server: FaultyServer, connect: MakeRemote) -> None:
    server.on("/convex" + RUN, succeed(1))
    assert (await connect(server.url + "/convex/").run_module(QueryModule("x"))).value == 1


@pytest.mark.parametrize("text", ["äöü 😀 \u2028", "\ud800 alone", "\x00\x1b", "x" * 300_000])
async def test_texts_arrive_as_they_are(server: FaultyServer, connect: MakeRemote, text: str) -> None:
    server.on(RUN, reply(json.dumps({"status": "success", "value": text}).encode()))
    assert (await connect(server.url).run_module(QueryModule(text))).value == text
    assert server.requests[0].json["bundle"]["source"] == text


async def test_answers_in_chunks(server: FaultyServer, connect: MakeRemote) -> None:
    server.on(RUN, chunked([b'{"status":"suc', b'cess","value":', b"[1,2]}"]))
    assert (await connect(server.url).run_module(QueryModule("x"))).value == [1, 2]


async def test_inline_query_in_a_component(server: FaultyServer, connect: MakeRemote) -> None:
    system(server, frontend_S_components__list=COMPONENTS)
    server.on(RUN, succeed(1))
    remote = connect(server.url)
    for _ in range(2):
        await remote.run_module(QueryModule("x"), component="auth/limits")
    assert [received.json["componentId"] for received in server.to(RUN)] == ["cmp2", "cmp2"]
    assert len(server.to(QUERY)) == 1


async def test_unknown_component(server: FaultyServer, connect: MakeRemote) -> None:
    system(server, frontend_S_components__list=COMPONENTS)
    with pytest.raises(RequestRejectedError, match=r"^Component path 'atuh' not found$") as caught:
        await connect(server.url).run_module(QueryModule("x"), component="atuh")
    assert caught.value.code == "ComponentPathNotFound"


async def test_call(server: FaultyServer, connect: MakeRemote) -> None:
    server.on(FUNCTION, succeed(None))
    remote = connect(server.url)
    await remote.call("users:list", {"n": 1.5})
    await remote.call("users:list", {}, component="auth")
    await remote.call("users:list", {}, identity={"name": "Ada"})
    plain, in_component, as_user = server.requests
    assert plain.json == {"path": "users:list", "args": {"n": 1.5}, "format": ENCODED}
    assert plain.headers["authorization"] == f"Convex {KEY}"
    assert in_component.json["componentPath"] == "auth"
    scheme, _, value = as_user.headers["authorization"].partition(" ")
    key, _, identity = value.rpartition(":")
    assert (scheme, key) == ("Convex", KEY)
    assert json.loads(base64.b64decode(identity)) == {
        "name": "Ada",
        "subject": "1947304225",
        "issuer": "https://convex.test",
        "tokenIdentifier": "https://convex.test|1947304225",
    }


def test_identity_as_the_genuine_cli_writes_it() -> None:
    # Made with `getFakeIdentity` and `setAdminAuth` of npm convex 1.48.
    genuine = (
        "eyJuYW1lIjoiw5xuw6/wn5iAIiwiZW1haWwiOiJhQGIuYyIsIm4iOjEsInN1YmplY3QiOiIxMzI2NjA0ODg0IiwiaXNzdWVyIjoiaHR0cHM6"
        "Ly9jb252ZXgudGVzdCIsInRva2VuSWRlbnRpZmllciI6Imh0dHBzOi8vY29udmV4LnRlc3R8MTMyNjYwNDg4NCJ9"
    )
    assert acting_as({"name": "Ünï😀", "email": "a@b.c", "n": 1}) == genuine
    given = acting_as({"subject": "s", "tokenIdentifier": "t", "issuer": "i"})
    assert json.loads(base64.b64decode(given)) == {"subject": "s", "tokenIdentifier": "t", "issuer": "i"}


async def test_arguments_that_json_has_not(server: FaultyServer, connect: MakeRemote) -> None:
    with pytest.raises(UsageError, match="NaN"):
        await connect(server.url).call("users:list", {"n": float("nan")})
    assert server.requests == []


async def test_info(convex: FaultyServer, connect: MakeRemote) -> None:
    remote = connect(convex.url)
    info = await remote.info()
    assert (info.name, info.version, info.kind, info.url) == ("happy-otter-123", "1.48.0", "live", convex.url)
    assert all("authorization" not in received.headers for received in convex.requests)


async def test_info_fails_with_a_plain_error(server: FaultyServer, connect: MakeRemote) -> None:
    server.on("/instance_name", refuse(503, "Overloaded", "x")).on("/version", hang)
    with pytest.raises(UnavailableError):
        await connect(server.url).info()
    await server.until(lambda: server.open_connections <= 1)  # the one with a whole answer may be kept


async def test_components(server: FaultyServer, connect: MakeRemote) -> None:
    system(server, frontend_S_components__list=COMPONENTS)
    assert await connect(server.url).components() == [
        ComponentInfo("root0", ""),
        ComponentInfo("cmp1", "auth", "auth"),
        ComponentInfo("cmp2", "auth/limits", "limits", "unmounted"),
    ]


async def test_function_spec(server: FaultyServer, connect: MakeRemote) -> None:
    literal: JsonObject = {"type": "literal", "value": {"$integer": "AQAAAAAAAAA="}}
    spec = [
        {
            "identifier": "users.js:list",
            "functionType": "Query",
            "visibility": {"kind": "internal"},
            "args": {"type": "any"},
            "returns": literal,
        },
        {"functionType": "HttpAction", "method": "GET", "path": "/hook"},
    ]
    answers = system(server, cli_S_modules__apiSpec=spec, frontend_S_components__list=COMPONENTS)
    remote = connect(server.url)
    assert await remote.function_spec() == [
        FunctionSpec("Query", "users.js:list", "internal", {"type": "any"}, literal),
        FunctionSpec("HttpAction", method="GET", path="/hook"),
    ]
    await remote.function_spec("auth")
    assert [args for path, args in answers.asked if path.endswith("apiSpec")] == [{}, {"componentId": "cmp1"}]


async def test_cloud_url(server: FaultyServer, connect: MakeRemote) -> None:
    system(server, cli_S_convexUrl__cloudUrl="https://happy-otter-123.convex.cloud")
    assert await connect(server.url).cloud_url() == "https://happy-otter-123.convex.cloud"


async def test_environment_variables(server: FaultyServer, connect: MakeRemote) -> None:
    server.on("/api/v1/list_environment_variables", reply_json({"environmentVariables": {"B": "2", "A": "1"}}))
    assert list((await connect(server.url).environment_variables()).items()) == [("A", "1"), ("B", "2")]


async def test_environment_variables_of_an_older_server(convex: FaultyServer, connect: MakeRemote) -> None:
    rows = [{"_id": "x", "_creationTime": 1.0, "name": "A", "value": "1"}]
    system(convex, cli_S_queryEnvironmentVariables=rows)
    assert await connect(convex.url).environment_variables() == {"A": "1"}


async def test_a_wrong_shape_names_its_place(server: FaultyServer, connect: MakeRemote) -> None:
    system(server, frontend_S_components__list=[COMPONENTS[0], {"id": "x"}])
    with pytest.raises(MalformedAnswerError, match=r"_system/frontend/components:list .*1\.path: Field requ") as caught:
        await connect(server.url).components()
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    "answer",
    [
        3,
        {},
        {"page": [{"title": "a"}], "isDone": True, "continueCursor": "end"},
        {"page": ["a"], "isDone": True, "continueCursor": "end"},
        {"page": [], "isDone": "yes", "continueCursor": "end"},
        {"page": [], "isDone": False, "continueCursor": None},
    ],
)
async def test_a_wrong_list_of_tables(server: FaultyServer, connect_direct: MakeRemote, answer: object) -> None:
    system(server, cli_S_tables=answer)
    with pytest.raises(MalformedAnswerError, match="_system/cli/tables"):
        await connect_direct(server.url).tables()


async def test_deprecation_is_noted_once(server: FaultyServer, connect: MakeRemote) -> None:
    headers = {"x-convex-deprecation-state": "UpgradeRequired", "x-convex-deprecation-message": "Please upgrade."}
    server.on(QUERY, reply_json({"status": "success", "value": 1}, headers=headers))
    remote = connect(server.url)
    for _ in range(2):
        await remote.system("_system/x", {})
    assert remote.notices == [f"{server.url.removeprefix('http://')}: Please upgrade."]
