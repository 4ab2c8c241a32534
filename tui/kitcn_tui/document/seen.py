"""Documents that were on the screen a moment ago: to open one of them, nobody has to wait for the deployment."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from kitcn_repl.deployment.models import ROOT_COMPONENT
from kitcn_repl.explore.workspace import Workspace
from kitcn_repl.values import JsonObject

_MOST = 512


@dataclass(frozen=True, slots=True)
class SeenDocument:
    document: JsonObject
    table: str
    component: str


class Seen:
    """The last documents, by id. What is taken from it is shown while the deployment is asked again."""

    def __init__(self) -> None:
        self._documents: OrderedDict[str, SeenDocument] = OrderedDict()

    def remember(self, table: str, documents: Iterable[JsonObject], component: str = ROOT_COMPONENT) -> None:
        for document in documents:
            document_id = document.get("_id")
            if isinstance(document_id, str):
                self._documents[document_id] = SeenDocument(document, table, component)
                self._documents.move_to_end(document_id)
        while len(self._documents) > _MOST:
            self._documents.popitem(last=False)

    def forget(self, document_id: str) -> None:
        self._documents.pop(document_id, None)

    def get(self, document_id: str) -> SeenDocument | None:
        return self._documents.get(document_id)


_SEEN: WeakKeyDictionary[Workspace, Seen] = WeakKeyDictionary()


def seen(workspace: Workspace) -> Seen:
    """What was seen of this deployment, by any tab."""
    return _SEEN.setdefault(workspace, Seen())
