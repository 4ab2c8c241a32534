"""What all endpoints share: the deployment, its functions, who may ask, and its changing state."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Sequence

from kitcn_repl.offline.offline import Offline
from kitcn_repl.offline.server.access import Keeper
from kitcn_repl.offline.server.environment import apply_changes
from kitcn_repl.offline.server.failures import ApiError
from kitcn_repl.offline.server.functions import Functions
from kitcn_repl.offline.server.requests import EnvironmentChange


class Service:
    """One served offline deployment. All that ever changes in it are its environment variables."""

    def __init__(self, offline: Offline, *, admin_key: str, origin: str) -> None:
        offline.serve_at(origin)
        self.offline = offline
        self.origin = origin
        self.keeper = Keeper(admin_key)
        self.functions = Functions(offline)
        self.timestamp = time.time_ns()
        self._listeners: set[Callable[[], None]] = set()

    def change_environment(self, changes: Sequence[EnvironmentChange]) -> None:
        after = apply_changes(self.offline.environment, changes)
        self.offline.environment.clear()
        self.offline.environment.update(after)
        self.timestamp = max(self.timestamp + 1, time.time_ns())
        for listener in tuple(self._listeners):
            listener()

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """`listener` is called after every change. Returns what ends that."""
        self._listeners.add(listener)
        return lambda: self._listeners.discard(listener)

    def component_path(self, component_id: str | None) -> str:
        """Endpoints name a component by its id; none means the app."""
        if component_id is None:
            return ""
        for component in self.offline.dataset.store.components():
            if component.id == component_id:
                return component.path
        raise ApiError(400, "ComponentNotFound", f"Component with ID '{component_id}' not found")


def encode_timestamp(timestamp: int) -> str:
    """Base64 of 8 bytes, little endian."""
    return base64.b64encode(timestamp.to_bytes(8, "little")).decode()
