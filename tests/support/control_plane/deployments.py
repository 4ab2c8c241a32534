"""The deployments behind the control plane: real offline ones, made when first asked."""

from __future__ import annotations

import json
from dataclasses import replace

from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kitcn_repl.offline.demo import demo_dataset
from kitcn_repl.offline.offline import Offline
from kitcn_repl.offline.server.app import create_app
from tests.support.control_plane.seen import Seen
from tests.support.control_plane.world import Deployment, World


class Deployments:
    """Each on its own address, with its own key and environment variables."""

    def __init__(self, world: World, requests: list[Seen]) -> None:
        self._world = world
        self._requests = requests
        self._apps: dict[str, ASGIApp] = {}
        self._open: list[Offline] = []

    def at(self, url: str) -> ASGIApp:
        found = next((one for one in self._world.deployments if one.url == url), None)
        if found is None:
            return Response(status_code=502)
        if found.name not in self._apps:
            self._apps[found.name] = self._made(found)
        return self._recording(found, self._apps[found.name])

    async def aclose(self) -> None:
        for offline in self._open:
            await offline.aclose()

    def _made(self, deployment: Deployment) -> ASGIApp:
        offline = Offline(replace(demo_dataset(), name=deployment.name, environment=deployment.environment))
        deployment.environment = offline.environment
        self._open.append(offline)
        return create_app(offline, admin_key=deployment.key, origin=deployment.url)

    def _recording(self, deployment: Deployment, app: ASGIApp) -> ASGIApp:
        name = deployment.name

        async def recorded(scope: Scope, receive: Receive, send: Send) -> None:
            target = scope["path"] + (f"?{scope['query_string'].decode()}" if scope["query_string"] else "")
            if scope["type"] == "websocket":
                await app(scope, self._overheard(deployment, target, receive), send)
                return
            headers = dict(scope["headers"])
            key = headers.get(b"authorization", b"").decode().partition(" ")[2] or None
            client = headers.get(b"convex-client", b"").decode() or None
            self._requests.append(Seen(name, scope["method"], target, key, client=client))
            if target == "/api/v1/get_canonical_urls" and key == deployment.key:
                await _canonical_urls(deployment)(scope, receive, send)
                return
            if key is not None and self._is_minted(key, deployment):
                others = [one for one in scope["headers"] if one[0] != b"authorization"]
                scope["headers"] = [*others, (b"authorization", f"Convex {deployment.key}".encode())]
            await app(scope, receive, send)

        return recorded

    def _is_minted(self, key: str, deployment: Deployment) -> bool:
        return any(one.value == key and one.deployment is deployment for one in self._world.deploy_keys)

    def _overheard(self, deployment: Deployment, target: str, receive: Receive) -> Receive:
        """A WebSocket's key comes in a message."""

        async def received() -> Message:
            message = await receive()
            text = message.get("text")
            if isinstance(text, str) and '"Authenticate"' in text:
                said = json.loads(text)
                self._requests.append(Seen(deployment.name, "WS", target, said.get("value")))
                if self._is_minted(said.get("value"), deployment):
                    return {**message, "text": json.dumps({**said, "value": deployment.key})}
            return message

        return received


def _canonical_urls(deployment: Deployment) -> ASGIApp:
    """An offline deployment has one address for everything; a cloud deployment has two."""
    return JSONResponse({"convexCloudUrl": deployment.url, "convexSiteUrl": f"https://{deployment.name}.site.example"})
