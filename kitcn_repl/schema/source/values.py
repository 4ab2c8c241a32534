"""What an expression in a schema's source stands for, as far as reading tells.

Strings, floats, booleans and None (null) stand for themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias, Union

from kitcn_repl.schema.model import Place

if TYPE_CHECKING:
    from tree_sitter import Node


class Undefined:
    """JavaScript's undefined."""

    def __repr__(self) -> str:
        return "undefined"


UNDEFINED: Final = Undefined()


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that only running the program would tell: `why` says what stood in the way, at `place`."""

    why: str
    place: Place


@dataclass(slots=True)
class Array:
    """`unknown` are elements that are there but not known, from a spread or a loop; order is lost with them."""

    items: list[Value] = field(default_factory=list)
    unknown: list[Unknown] = field(default_factory=list)


@dataclass(slots=True)
class Record:
    """An object literal, or a module's namespace. Entries in JavaScript's order; `unknown` as for arrays."""

    entries: dict[str, Value] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    unknown: list[Unknown] = field(default_factory=list)


class Function(Protocol):
    """A function of the source, applied with `Evaluator.apply`."""

    @property
    def text(self) -> str: ...

    @property
    def place(self) -> Place: ...

    @property
    def node(self) -> Node: ...


@dataclass(frozen=True, slots=True)
class Call:
    """A call that a host answers: `texts` are the arguments' source texts, `place` is that of the called name."""

    arguments: Sequence[Value]
    texts: Sequence[str]
    place: Place
    evaluator: Evaluator

    def argument(self, at: int) -> Value:
        return self.arguments[at] if at < len(self.arguments) else UNDEFINED


class Evaluator(Protocol):
    """What hosts need of the interpreter. Nothing here ever raises: what cannot be told comes out as Unknown."""

    def apply(self, function: Value, arguments: Sequence[Value], place: Place) -> Value:
        """The value of a call: of a function of the source, or of a host."""
        ...

    def report(self, what: str, unknown: Unknown) -> None:
        """Tell the user that `what` is dynamic; the same one is told once."""
        ...

    def problem(self, message: str, place: Place) -> None:
        """Tell the user that the source is wrong."""
        ...


class Host:
    """A value whose behaviour a library defines: a column builder, a table, `v`, the `r` of relations.

    Hosts are immutable where JavaScript's are; a method that changes its object in JavaScript returns the same host.
    """

    def member(self, name: str, place: Place) -> Value:
        """The property `name`; a method is itself a host that is called."""
        return Unknown(f"{type(self).__name__.lower()}.{name} is not known", place)

    def call(self, call: Call) -> Value:
        return Unknown(f"{type(self).__name__.lower()} cannot be called", call.place)


Value: TypeAlias = Union[str, float, bool, Undefined, Unknown, Array, Record, Function, Host, None]  # noqa: UP007

Vocabulary: TypeAlias = Mapping[str, Mapping[str, Value]]
"""Package specifier -> export name -> value; `*` as an export name answers for every other export."""
