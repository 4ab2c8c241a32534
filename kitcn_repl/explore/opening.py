"""From a target to an open deployment."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from kitcn_repl.targets.target import Target

if TYPE_CHECKING:
    from kitcn_repl.deployment.protocol import Deployment
    from kitcn_repl.offline.snapshot import ImportProgress as ImportProgress
    from kitcn_repl.values import JsonObject


async def open_target(
    target: Target,
    *,
    source: Path | None = None,
    component: str = "",
    progress: Callable[[ImportProgress], None] | None = None,
) -> Deployment:
    """The deployment that the target names. The caller closes it with `aclose`.

    `source` is the schema file that gives `component` of a snapshot its indexes; it is read when somebody asks for one.
    `progress` is called while a snapshot is imported for the first time, and while a backend's file in use is copied.
    Raises SnapshotError or BackendFileError for a file that is none or not there; a live deployment is not contacted
    yet.
    """
    if target.kind == "live":
        from kitcn_repl.deployment.remote import Remote

        assert target.url is not None
        assert target.admin_key is not None
        return Remote(target.url, target.admin_key)
    from kitcn_repl.offline.offline import Offline

    if target.kind == "demo":
        from kitcn_repl.offline.demo import demo_dataset

        return Offline(demo_dataset())
    import asyncio
    from dataclasses import replace

    assert target.path is not None
    path = target.path
    if target.kind == "sqlite":
        from kitcn_repl.offline.backend_file import open_backend_file

        return Offline(await asyncio.to_thread(lambda: open_backend_file(path, progress=progress)))
    from kitcn_repl.offline.snapshot import open_snapshot

    dataset = await asyncio.to_thread(lambda: open_snapshot(path, progress=progress))
    return Offline(dataset if source is None else replace(dataset, declared=_Declared(source, component)))


class _Declared(Mapping[str, "JsonObject"]):
    """One component's schema as its source declares it, read on the first look: most questions need none."""

    def __init__(self, source: Path, component: str) -> None:
        self._source = source
        self._component = component
        self._schema: JsonObject | None = None

    def __getitem__(self, component: str) -> JsonObject:
        if component != self._component:
            raise KeyError(component)
        if self._schema is None:
            from kitcn_repl.schema.convex_json import schema_json
            from kitcn_repl.schema.source import read_source

            self._schema = schema_json(read_source(self._source))
        return self._schema

    def __iter__(self) -> Iterator[str]:
        return iter((self._component,))

    def __len__(self) -> int:
        return 1
