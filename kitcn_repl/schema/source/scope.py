"""Where names live, and the functions that remember it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from kitcn_repl.schema.model import Place
from kitcn_repl.schema.source.values import Host, Value

if TYPE_CHECKING:
    from tree_sitter import Node

    from kitcn_repl.schema.source.modules import Module


class NotYet(Host):
    """What a `const` holds before its declaration has run."""


NOT_YET: Final = NotYet()


class Scope:
    """The names of a function or block. The outermost scope of a file holds none: `module` does."""

    __slots__ = ("module", "names", "parent")

    def __init__(self, module: Module, parent: Scope | None = None) -> None:
        self.module = module
        self.parent = parent
        self.names: dict[str, Value] = {}

    def holder(self, name: str) -> Scope | None:
        """The innermost scope with this name; None if only the module, or nothing, has it."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope
            scope = scope.parent
        return None


class Closure:
    """A function of the source."""

    __slots__ = ("node", "scope")

    def __init__(self, node: Node, scope: Scope) -> None:
        self.node = node
        self.scope = scope

    @property
    def text(self) -> str:
        return self.scope.module.source.text(self.node)

    @property
    def place(self) -> Place:
        return self.scope.module.source.place(self.node)

    def __repr__(self) -> str:
        return f"Closure({self.place})"


class Texts(Sequence[str]):
    """The source texts of arguments, cut out when asked for."""

    __slots__ = ("_module", "_nodes")

    def __init__(self, module: Module, nodes: list[Node]) -> None:
        self._module = module
        self._nodes = nodes

    def __len__(self) -> int:
        return len(self._nodes)

    def __getitem__(self, at):  # type: ignore[no-untyped-def]
        if isinstance(at, slice):
            return [self._module.source.text(node) for node in self._nodes[at]]
        return self._module.source.text(self._nodes[at])
