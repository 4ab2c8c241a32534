"""`kitcn serve`: the deployment API of an offline deployment, over HTTP and the sync WebSocket, on loopback."""

from __future__ import annotations

from kitcn_repl.offline.server.access import mint_admin_key
from kitcn_repl.offline.server.app import create_app
from kitcn_repl.offline.server.serving import serve

__all__ = ["create_app", "mint_admin_key", "serve"]
