"""The faults of a server that every front door has to bear, by name."""

from __future__ import annotations

import gzip
import json

from tests.support.faults import (
    Behaviour,
    Peer,
    Received,
    chunked,
    close,
    cut_in_headers,
    cut_off,
    drip,
    drip_headers,
    hang,
    hang_in_body,
    html,
    raw,
    redirect,
    refuse,
    reply,
    reply_json,
    reset,
    reset_in_body,
    reset_in_headers,
    text,
    too_many,
)

KEY = "dev:happy-otter-123|planted-s3cret-admin-key"
SECRETS = ("planted-s3cret", "planted-access-token")
ELSEWHERE = "http://127.0.0.1:9/login?next=there"
"""Where a redirect leads to; nobody listens there, and nobody must ask."""


async def echo(received: Received, peer: Peer) -> None:
    """Repeat all that was sent, the key too."""
    sent = f"{received.headers.get('authorization')} {received.body.decode('utf-8', 'replace')}"
    await refuse(400, "BadRequest", sent)(received, peer)


_DEEP = b'{"status":"success","value":' + b"[" * 100_000 + b"]" * 100_000 + b"}"

BRIEF: dict[str, Behaviour] = {
    "closed": close,
    "reset": reset,
    "closed in the headers": cut_in_headers,
    "reset in the headers": reset_in_headers,
    "reset in the body": reset_in_body,
    "cut off": cut_off(b'{"status":"succ'),
    "cut off in a chunk": chunked([b'{"status":"succ'], whole=False),
    "no HTTP": raw(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"),
    "bytes without sense": raw(bytes(range(256)) * 40),
    "a header without end": raw(b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 300_000),
    "a length that is none": raw(b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n{}"),
    "broken JSON": reply(b'{"status":"success","value":'),
    "no UTF-8": reply(b'{"status":"success","value":"\xff\xfe"}'),
    "nothing": reply(b""),
    "other JSON": reply_json({"hello": ["world"]}),
    "null": reply_json(None),
    "nested without end": reply(_DEEP),
    "another type": reply(json.dumps({"status": "success", "value": 1}).encode()[:9], content_type="image/png"),
    "another program": text("hello"),
    "no gzip": reply(gzip.compress(b"{}" * 99)[:-9] + b"junkjunk", headers={"Content-Encoding": "gzip"}),
    "a guest network's page": html(),
    "a page that is not there": html(404),
    "a proxy's page": html(502),
    "a redirect": redirect(ELSEWHERE),
    "a redirect that keeps the method": redirect(ELSEWHERE, 307),
    "unknown path": reply(status=404),
    "wrong key": refuse(401, "BadAdminKey", "The provided admin key was invalid for this instance"),
    "no permission": refuse(403, "OperationNotPermitted", "You do not have permission to do this"),
    "429 for an hour": too_many(3600),
    "429 for an hour by date": too_many(3600, as_date=True),
    "429 for a moment": too_many(0),
    "429 until a moment ago": too_many(-60, as_date=True),
    "500": refuse(500, "InternalServerError", "Your request couldn't be completed"),
    "503": refuse(503, "Overloaded", "Try later", {"Retry-After": "0"}),
    "an echo": echo,
}
"""Those that end by themselves."""

ENDLESS: dict[str, Behaviour] = {
    "silent": hang,
    "silent in the body": hang_in_body,
    "dripping": drip(),
    "dripping headers": drip_headers(),
}
"""Those that go on until somebody leaves."""


def check_told(err: str) -> None:
    """One clear line for people, and no secret."""
    lines = err.splitlines()
    assert len(lines) == 1, err
    assert lines[0].startswith("Error: "), err
    check_safe(err)


def check_safe(shown: str) -> None:
    assert "Traceback" not in shown, shown
    assert "unexpectedly" not in shown, shown
    assert [secret for secret in SECRETS if secret in shown] == [], shown
