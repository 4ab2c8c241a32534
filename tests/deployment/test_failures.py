"""Every way in which a conversation fails has its own error, and one clear line."""

from __future__ import annotations

import asyncio
import gzip
import shutil
import socket
import ssl
from pathlib import Path

import pytest

from kitcn_repl.deployment.errors import (
    DeploymentError,
    MalformedAnswerError,
    NotConvexError,
    PermissionDeniedError,
    QueryFailedError,
    RequestRejectedError,
    ServerTooOldError,
    UnavailableError,
    UnreachableError,
    WrongKeyError,
)
from kitcn_repl.deployment.models import QueryModule
from kitcn_repl.deployment.transport import Timeouts
from tests.deployment.support import QUERY, RUN, SECRET, MakeRemote, everything_said
from tests.support.faults import (
    Behaviour,
    FaultyServer,
    chunked,
    close,
    cut_off,
    drip,
    fail,
    hang,
    html,
    raw,
    refuse,
    reply,
    reply_json,
    reset,
    succeed,
    text,
)

MODULE = QueryModule("export default 1")
DEEP = b'{"status":"success","value":' + b"[" * 400 + b"]" * 400 + b"}"
SHORT = Timeouts(connect=0.2, read=0.1, write=0.2, total=0.4)


async def failure_of(connect: MakeRemote, url: str, **options: object) -> DeploymentError:
    """The error of an inline query, which must be one line, name the host and hide the key."""
    remote = connect(url, **options)
    with pytest.raises(DeploymentError) as caught:
        await remote.run_module(MODULE)
    error = caught.value
    assert "\n" not in error.message
    assert remote.url.partition("://")[2].partition("/")[0] in error.message
    assert SECRET not in everything_said(error)
    assert SECRET not in repr(remote)
    return error


@pytest.mark.parametrize(
    ("behaviour", "kind", "fragment"),
    [
        pytest.param(close, UnreachableError, "closed the connection", id="closed"),
        pytest.param(reset, UnreachableError, "closed the connection", id="reset"),
        pytest.param(cut_off(b'{"status":'), UnreachableError, "middle of its answer", id="cut off"),
        pytest.param(chunked([b'{"st'], whole=False), UnreachableError, "middle of its answer", id="chunk cut off"),
        pytest.param(hang, UnreachableError, "did not answer in time", id="hangs"),
        pytest.param(drip(), UnreachableError, "did not answer in time", id="drips"),
        pytest.param(raw(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"), NotConvexError, "does not speak HTTP", id="not HTTP"),
        pytest.param(html(), NotConvexError, "text/html", id="web page"),
        pytest.param(html(404), NotConvexError, "404", id="web page not found"),
        pytest.param(html(501), NotConvexError, "501", id="web server without POST"),
        pytest.param(reply(status=404), NotConvexError, "404", id="unknown path"),
        pytest.param(reply_json({"hello": "world"}), NotConvexError, "no function result", id="other JSON"),
        pytest.param(reply(DEEP), NotConvexError, "nested too deeply", id="bottomless value"),
        pytest.param(reply(b"\x00\x01", content_type="image/png"), NotConvexError, "image/png", id="image"),
        pytest.param(
            reply(status=302, headers={"Location": "https://login.example/start"}),
            NotConvexError,
            "redirects to https://login.example/start",
            id="redirect",
        ),
        pytest.param(refuse(401, "BadAdminKey", "The provided admin key"), WrongKeyError, "admin key", id="bad key"),
        pytest.param(refuse(403, "BadDeployKey", "The provided deploy key"), WrongKeyError, "key", id="no key"),
        pytest.param(
            refuse(403, "OperationNotPermitted", "You do not have permission (deployment:functions:runTestQuery)."),
            PermissionDeniedError,
            "deployment:functions:runTestQuery",
            id="no permission",
        ),
        pytest.param(refuse(429, "RateLimited", "Slow down"), UnavailableError, "asked too often", id="429"),
        pytest.param(refuse(500, "InternalServerError", "Your request"), UnavailableError, "HTTP 500", id="500"),
        pytest.param(refuse(503, "Overloaded", "Too busy"), UnavailableError, "Overloaded: Too busy", id="503"),
        pytest.param(html(502), UnavailableError, "HTTP 502", id="gateway page"),
        pytest.param(reply(status=408, content_type=""), UnavailableError, "HTTP 408", id="server timeout"),
    ],
)
async def test_each_cause_has_its_error(
    server: FaultyServer, connect: MakeRemote, behaviour: Behaviour, kind: type[DeploymentError], fragment: str
) -> None:
    server.on(RUN, behaviour)
    error = await failure_of(connect, server.url, timeouts=SHORT)
    assert type(error) is kind
    assert fragment in error.message


@pytest.mark.parametrize(
    ("behaviour", "kind", "fragment"),
    [
        pytest.param(reply(status=404), ServerTooOldError, "does not know /api/run_test_function", id="unknown path"),
        pytest.param(html(), MalformedAnswerError, "text/html", id="web page"),
        pytest.param(reply(b'{"status":"succ'), MalformedAnswerError, "broken JSON", id="broken JSON"),
        pytest.param(reply(b""), MalformedAnswerError, "nothing", id="empty"),
        pytest.param(reply(b'{"status":"success","value":NaN}'), MalformedAnswerError, "broken JSON", id="NaN"),
        pytest.param(reply(b'"\xff"'), MalformedAnswerError, "broken JSON", id="not UTF-8"),
        pytest.param(reply(b"[" * 200_000), MalformedAnswerError, "JSON", id="deep"),
        pytest.param(reply(b"1" * 10_000), MalformedAnswerError, "JSON", id="huge number"),
        pytest.param(reply_json([]), MalformedAnswerError, "no function result", id="list"),
        pytest.param(reply_json({"status": "success"}), MalformedAnswerError, "no function result", id="no value"),
        pytest.param(reply_json({"status": "error"}), MalformedAnswerError, "no function result", id="no message"),
        pytest.param(
            reply_json({"status": "success", "value": 1, "logLines": [{}]}), MalformedAnswerError, "log lines", id="log"
        ),
        pytest.param(reply(status=500), UnavailableError, "HTTP 500", id="empty 500"),
    ],
)
async def test_a_surprising_answer_of_a_convex_server_is_no_other_server(
    convex: FaultyServer, connect: MakeRemote, behaviour: Behaviour, kind: type[DeploymentError], fragment: str
) -> None:
    convex.on(RUN, behaviour)
    error = await failure_of(connect, convex.url)
    assert type(error) is kind
    assert fragment in error.message
    assert len(convex.to("/instance_name")) == 1
    assert "authorization" not in convex.to("/instance_name")[0].headers


async def test_a_greeting_is_not_http(server: FaultyServer, connect_direct: MakeRemote) -> None:
    server.on(RUN, raw(b"220 mail.example ESMTP\r\n"))
    assert type(await failure_of(connect_direct, server.url)) is NotConvexError


async def test_a_server_that_only_tells_its_version_is_convex_too(server: FaultyServer, connect: MakeRemote) -> None:
    server.on("/version", text("1.48.0"))
    assert type(await failure_of(connect, server.url)) is ServerTooOldError


async def test_follows_no_redirect(server: FaultyServer, connect: MakeRemote) -> None:
    async with FaultyServer() as other:
        server.on(RUN, reply(status=307, headers={"Location": other.url + RUN}))
        other.on(RUN, succeed(1))
        assert type(await failure_of(connect, server.url)) is NotConvexError
        assert other.requests == []


async def test_nothing_listens(connect: MakeRemote) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        error = await failure_of(connect, f"http://127.0.0.1:{unused.getsockname()[1]}")
    assert type(error) is UnreachableError
    assert "Nothing answers at" in error.message


async def test_host_name_is_not_found(connect: MakeRemote) -> None:
    error = await failure_of(connect, "http://no-such-deployment.invalid")
    assert type(error) is UnreachableError
    assert "cannot be found" in error.message


async def test_server_does_not_accept(connect: MakeRemote) -> None:
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for filler in (first, second):
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
        error = await failure_of(connect, f"http://127.0.0.1:{full.getsockname()[1]}", timeouts=SHORT)
    assert type(error) is UnreachableError
    assert "does not accept connections" in error.message


async def test_https_to_a_server_without(server: FaultyServer, connect: MakeRemote) -> None:
    error = await failure_of(connect, server.url.replace("http:", "https:"))
    assert type(error) is UnreachableError
    assert "No secure connection" in error.message


async def test_certificates_are_checked(connect: MakeRemote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate, key = await self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    async with FaultyServer(tls=context) as server:
        server.on(RUN, succeed(7))
        url = server.url.replace("127.0.0.1", "localhost")
        error = await failure_of(connect, url)
        assert type(error) is UnreachableError
        assert "self-signed certificate" in error.message.replace("self signed", "self-signed")
        assert server.requests == []
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert (await connect(url).run_module(MODULE)).value == 7


async def self_signed(folder: Path) -> tuple[Path, Path]:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs the openssl program to make a certificate")
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    name = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    made = await asyncio.create_subprocess_exec(
        openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *name, "-out", certificate, "-keyout",
        key, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert await made.wait() == 0
    return certificate, key


@pytest.mark.parametrize("packed", [False, True])
async def test_answers_are_bounded(server: FaultyServer, connect: MakeRemote, packed: bool) -> None:
    body = b'{"status":"success","value":"' + b"x" * 3_000_000 + b'"}'
    headers = {"Content-Encoding": "gzip"} if packed else {}
    server.on(RUN, reply(gzip.compress(body) if packed else body, headers=headers))
    error = await failure_of(connect, server.url, largest_answer=2 * 1024 * 1024)
    assert type(error) is MalformedAnswerError
    assert "more than 2 MB" in error.message
    result = await connect(server.url, largest_answer=4_000_000).run_module(MODULE)
    assert result.value == "x" * 3_000_000


@pytest.mark.parametrize("size", [n * 1024 * 1024 + more for n in (1, 2) for more in (-1, 0, 1, 258)])
async def test_packed_answer_is_whole_at_any_size(server: FaultyServer, connect: MakeRemote, size: int) -> None:
    beginning, end = b'{"status":"success","value":"', b'"}'
    letters = size - len(beginning) - len(end)
    server.on(RUN, reply(gzip.compress(beginning + b"x" * letters + end), headers={"Content-Encoding": "gzip"}))
    assert (await connect(server.url).run_module(MODULE)).value == "x" * letters


async def test_compressed_answer_that_ends_early(server: FaultyServer, connect_direct: MakeRemote) -> None:
    packed = gzip.compress(b'{"status":"success","value":"' + bytes(range(32, 120)) * 50 + b'"}')
    server.on(RUN, reply(packed[:-30], headers={"Content-Encoding": "gzip"}))
    error = await failure_of(connect_direct, server.url)
    assert type(error) is UnreachableError
    assert "middle of its answer" in error.message


async def test_refused_request_keeps_the_servers_words(server: FaultyServer, connect: MakeRemote) -> None:
    message = "Could not analyze the given module:\nUncaught SyntaxError: Unexpected token ')'"
    server.on(RUN, refuse(400, "InvalidModules", message))
    with pytest.raises(RequestRejectedError) as caught:
        await connect(server.url).run_module(MODULE)
    assert (caught.value.code, caught.value.status, caught.value.message) == ("InvalidModules", 400, message)


async def test_failed_query_keeps_all_that_the_server_said(server: FaultyServer, connect: MakeRemote) -> None:
    message = "[Request ID: 0123456789abcdef] Server Error\nUncaught ConvexError: no\n"
    server.on(RUN, fail(message, errorData=None, logLines=["[LOG] 'before'"]), fail(message))
    remote = connect(server.url)
    with pytest.raises(QueryFailedError) as caught:
        await remote.run_module(MODULE)
    assert caught.value.message == message
    assert (caught.value.data, caught.value.has_data) == (None, True)
    assert caught.value.log_lines == ("[LOG] 'before'",)
    with pytest.raises(QueryFailedError) as caught:
        await remote.run_module(MODULE)
    assert not caught.value.has_data


async def test_a_key_is_hidden_in_the_data_of_an_error_too(server: FaultyServer, connect: MakeRemote) -> None:
    server.on(RUN, fail("no", errorData={f"of {SECRET}": [SECRET, 1.0, None]}))
    with pytest.raises(QueryFailedError) as caught:
        await connect(server.url).run_module(MODULE)
    assert caught.value.data == {"of ***": ["***", 1.0, None]}


async def test_failed_function_under_its_own_status(server: FaultyServer, connect: MakeRemote) -> None:
    server.on(RUN, reply_json({"status": "error", "errorMessage": "boom"}, status=560))
    with pytest.raises(QueryFailedError, match="boom"):
        await connect(server.url).run_module(MODULE)


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        (
            "[Request ID: 00] Server Error\nUncaught Error: You do not have permission to perform this operation "
            "(deployment:data:view).\n    at handler (../x.ts:1:1)",
            PermissionDeniedError,
        ),
        ("[Request ID: 00] Server Error\nCould not find public function for '_system/x'.", ServerTooOldError),
        ("[Request ID: 00] Server Error\nUncaught Error: boom", QueryFailedError),
    ],
)
async def test_failed_system_queries(
    server: FaultyServer, connect: MakeRemote, message: str, kind: type[DeploymentError]
) -> None:
    server.on(QUERY, fail(message))
    with pytest.raises(DeploymentError) as caught:
        await connect(server.url).system("_system/x", {})
    assert type(caught.value) is kind
    assert kind is QueryFailedError or "\n" not in caught.value.message


@pytest.mark.parametrize("key", ["", "  ", "a\nb|secret-secret", "schlüssel|geheimnis"])
def test_keys_that_cannot_be(key: str, connect_direct: MakeRemote) -> None:
    with pytest.raises(WrongKeyError) as caught:
        connect_direct("http://127.0.0.1:1", key=key)
    assert "127.0.0.1:1" in caught.value.message
    assert not key.strip() or key not in str(caught.value)


async def test_a_server_that_echoes_the_key_does_not_make_us_print_it(
    server: FaultyServer, connect: MakeRemote
) -> None:
    remote = connect(server.url)
    server.on(
        RUN,
        refuse(400, "BadKey", f"key x|{SECRET} is odd"),
        fail(f"thrown {SECRET}", logLines=[f"[LOG] '{SECRET}'"]),
        refuse(503, "Busy", SECRET),
        raw(SECRET.encode() + b"\r\n\r\n"),
        reply(status=302, headers={"Location": f"http://elsewhere.example/?adminKey={SECRET}"}),
    )
    for _ in range(5):
        with pytest.raises(DeploymentError) as caught:
            await remote.run_module(MODULE)
        assert SECRET not in everything_said(caught.value)


async def test_a_waiting_request_ends_when_it_is_cancelled(server: FaultyServer, connect: MakeRemote) -> None:
    server.on(RUN, hang)
    waiting = asyncio.ensure_future(connect(server.url).run_module(MODULE))
    await server.until(lambda: len(server.requests) == 1)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await server.until(lambda: server.open_connections == 0)
