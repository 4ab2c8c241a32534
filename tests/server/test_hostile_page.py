"""A real browser on a hostile page: whatever the page does, the served deployment answers nothing but refusals."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.magic.browser import Tab, browser
from tests.server.relay import Recorded, recording
from tests.support.served import Served

HOSTILE, REBOUND = "evil.example", "rebound.example"

ATTACKS = """
(async () => {
  const call = JSON.stringify({path: "users:list", args: {limit: 1}});
  const within = (promise) => Promise.race([promise, new Promise((done) => setTimeout(() => done("no answer"), 5000))]);
  const told = {};
  const attempt = async (name, run) => {
    try { told[name] = await within(run()); } catch (error) { told[name] = `refused: ${error.name ?? error.type}`; }
  };
  const loaded = (element, address) => new Promise((done, failed) => {
    element.onload = () => done("loaded");
    element.onerror = failed;
    element[element.tagName === "OBJECT" ? "data" : "src"] = address;
    document.body.append(element);
  });
  const framed = (page) => new Promise((done) => {
    const frame = document.createElement("iframe");
    frame.sandbox = "allow-scripts";
    addEventListener("message", (event) => done(event.data), {once: true});
    frame.srcdoc = `<script>(${page})("${TARGET}").then((said) => parent.postMessage(said, "*"))<\\/script>`;
    document.body.append(frame);
  });
  const text = async (address, options) => (await fetch(address, options)).text();
  await attempt("read", () => text(TARGET + "/version"));
  await attempt("read with cookies", () => text(TARGET + "/version", {credentials: "include"}));
  await attempt("call", () => text(TARGET + "/api/query", {
    method: "POST", body: call, headers: {"Content-Type": "application/json"},
  }));
  await attempt("call with a key", () => text(TARGET + "/api/query", {
    method: "POST", body: call, headers: {"Content-Type": "text/plain", Authorization: "Convex demo|0"},
  }));
  await attempt("simple call", () => text(TARGET + "/api/query", {
    method: "POST", body: call, headers: {"Content-Type": "text/plain"},
  }));
  await attempt("opaque call", () => text(TARGET + "/api/query", {method: "POST", body: call, mode: "no-cors"}));
  await attempt("opaque call by GET", () =>
    text(TARGET + `/api/query?path=users:list&args=${encodeURIComponent('{"limit":1}')}`, {mode: "no-cors"}));
  await attempt("beacon", async () => {
    navigator.sendBeacon(TARGET + "/api/query", new Blob([call], {type: "text/plain"}));
    return "";
  });
  await attempt("XMLHttpRequest", () => new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("GET", TARGET + "/instance_name");
    request.onload = () => done(request.responseText);
    request.onerror = failed;
    request.send();
  }));
  await attempt("events", () => new Promise((done, failed) => {
    const source = new EventSource(TARGET + "/version");
    source.onmessage = (event) => done(event.data);
    source.onerror = (error) => { source.close(); failed(error); };
  }));
  await attempt("socket", () => new Promise((done, failed) => {
    const socket = new WebSocket(TARGET.replace("http", "ws") + "/api/sync");
    socket.onopen = () => done("open");
    socket.onerror = failed;
  }));
  await attempt("picture", () => loaded(new Image(), TARGET + "/version"));
  await attempt("script", () => loaded(document.createElement("script"), TARGET + "/instance_name"));
  await attempt("frame", async () => {
    const frame = document.createElement("iframe");
    await loaded(frame, TARGET + "/version");
    return frame.contentDocument?.body.textContent ?? "";
  });
  await attempt("form", () => new Promise((done) => {
    const frame = document.createElement("iframe"), form = document.createElement("form");
    frame.name = "answer";
    form.method = "POST", form.action = TARGET + "/api/query", form.enctype = "text/plain", form.target = "answer";
    form.innerHTML = `<input name='{"path":"users:list","args":{},"x":"' value='"}'>`;
    document.body.append(frame, form);
    frame.onload = () => done(frame.contentDocument?.body.textContent ?? "");
    form.submit();
  }));
  await attempt("sandbox", () => framed((target) => fetch(target + "/version").then((r) => r.text(), (e) => e.name)));
  return told;
})()
"""

DASHBOARD = """
(async () => {
  const headers = {"Content-Type": "application/json", Authorization: "Convex " + KEY};
  const body = JSON.stringify({path: "users:list", args: {limit: 1}, format: "convex_encoded_json"});
  const options = {method: "POST", body, headers, credentials: "include"};
  const called = await (await fetch(TARGET + "/api/query", options)).json();
  const checked = await (await fetch(TARGET + "/api/check_admin_key", {headers})).json();
  const synced = await new Promise((done, failed) => {
    const socket = new WebSocket(TARGET.replace("http", "ws") + "/api/sync");
    const send = (message) => socket.send(JSON.stringify(message));
    socket.onerror = failed;
    socket.onopen = () => {
      send({type: "Connect", sessionId: crypto.randomUUID(), connectionCount: 0, lastCloseReason: null});
      send({type: "Authenticate", tokenType: "Admin", value: KEY, baseVersion: 0});
    };
    socket.onmessage = (event) => done(JSON.parse(event.data).type);
  });
  return [called.status, checked.success, synced];
})()
"""


class Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>page</title><body></body>")

    def log_message(self, *_: object) -> None:
        """pytest needs no log."""


@pytest.fixture(scope="module")
def page_port() -> Iterator[int]:
    pages = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=pages.serve_forever, daemon=True).start()
    yield pages.server_address[1]
    pages.shutdown()
    pages.server_close()


@contextmanager
def on_page(tab: Tab, address: str) -> Iterator[None]:
    tab.open(address)
    tab.until(f"document.readyState === 'complete' && location.href.startsWith({json.dumps(address)})")
    yield


def told(tab: Tab, script: str, target: str, key: str = "") -> Any:
    return tab.ask(f"const TARGET = {json.dumps(target)}, KEY = {json.dumps(key)}; {script}")


def executions(server: Served) -> int:
    """How many functions have run, as the deployment's own log has it."""
    headers = {"Authorization": f"Convex {server.admin_key}"}
    page = httpx2.get(f"{server.url}/api/stream_function_logs?cursor=0", headers=headers, timeout=60).json()
    return len(page["entries"])


def test_a_browser_on_a_hostile_page(own_server: Served, page_port: int, tmp_path: Path) -> None:
    before = executions(own_server)
    with recording(own_server.url) as relay, browser(tmp_path, names=(HOSTILE, REBOUND, "localhost")) as tab:
        with on_page(tab, f"http://{HOSTILE}:{page_port}/"):
            said = told(tab, ATTACKS, relay.url)
        assert len(said) == 16
        assert not [name for name, text in said.items() if not _is_nothing(text)], said
        _were_refused(relay, 403, at_least=15)

        # The page's own name now leads to this machine: for the browser all of it is one origin.
        with on_page(tab, f"http://{REBOUND}:{relay.port}/version"):
            said = told(tab, ATTACKS, f"http://{REBOUND}:{relay.port}")
        assert "1.48" not in json.dumps(said)
        _were_refused(relay, 421, at_least=12)
        assert executions(own_server) == before

        # And what a dashboard on this machine does.
        with on_page(tab, f"http://127.0.0.1:{page_port}/"):
            assert told(tab, DASHBOARD, relay.url, own_server.admin_key) == ["success", True, "Transition"]
        with on_page(tab, f"http://127.0.0.1:{page_port}/"):
            localhost = relay.url.replace("127.0.0.1", "localhost")
            assert told(tab, DASHBOARD, localhost, own_server.admin_key) == ["success", True, "Transition"]
    assert executions(own_server) == before + 2


def _is_nothing(text: str) -> bool:
    return text in ("", "no answer") or text.startswith(("refused: ", "TypeError"))


def _were_refused(relay: Recorded, status: int, *, at_least: int) -> None:
    """All answers since the last look were refusals; a refused WebSocket is 403 whatever the reason."""
    seen = relay.statuses()
    assert len(seen) >= at_least, seen
    assert set(seen) <= {status, 403}, seen
    assert seen.count(status) >= at_least - 1, seen
