"""Documents as Python values that know where they are from: their ids can be followed, their relations walked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from kitcn_repl.errors import KitcnError, UsageError
from kitcn_repl.render.secrets import MASK, is_credential
from kitcn_repl.results.related import way_names
from kitcn_repl.results.shapes import python_value
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.codec import Value
from kitcn_repl.values.ids import is_id

if TYPE_CHECKING:
    from kitcn_repl.results.origin import Origin, Wait
    from kitcn_repl.results.result import Result

_EACH = 100


class Id(str):
    """The id of a document: a text like any other, that can be followed."""

    __slots__ = ("_origin",)
    _origin: Origin

    def __new__(cls, text: str, origin: Origin) -> Id:
        made = super().__new__(cls, text)
        made._origin = origin
        return made

    def follow(self) -> Document | None:
        """The document; None if it is gone.

        Raises DeploymentError, and KitcnError where the connection has an event loop of its own.
        """
        workspace = self._origin.workspace
        found = wait(self._origin)(lambda: workspace.deployment.get(str(self), workspace.component))
        return None if found is None else Document(found, self._origin)

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        return str, (str(self),)


class Document(dict[str, Value]):
    """A document's fields as Python values (int64 as `Int64`, bytes as bytes); ids in them are `Id`.

    `encoded` is the document as it is stored. Changing a field changes this copy alone: nothing is ever written.
    """

    __slots__ = ("_origin", "encoded")

    def __init__(self, encoded: JsonObject, origin: Origin) -> None:
        super().__init__({name: _value(value, origin) for name, value in encoded.items()})
        self.encoded = encoded
        self._origin = origin

    @property
    def id(self) -> str:
        """Its `_id`, as plain text; empty for an object without one."""
        return str(self.get("_id", ""))

    @property
    def related(self) -> Relations:
        """The relations of this document, in both directions; nothing is asked yet."""
        return Relations(self.encoded, self._origin)

    def follow(self, field: str) -> Document | None:
        """The document that a field refers to; None if it refers to none, or to one that is gone.

        Raises UsageError for a field that holds no id, DeploymentError if nobody answers.
        """
        value = self.get(field)
        if value is None:
            return None
        if not isinstance(value, str) or not is_id(value):
            raise UsageError(f"{field} holds no id.")
        return (value if isinstance(value, Id) else Id(value, self._origin)).follow()

    def __repr__(self) -> str:
        """As of a dict, with credentials masked: notebooks keep what they show."""
        fields = (
            f"{name!r}: {MASK!r}" if is_credential(self.encoded, name) else f"{name!r}: {value!r}"
            for name, value in self.items()
        )
        return f"{{{', '.join(fields)}}}"

    def _repr_html_(self) -> str:
        from kitcn_repl.results.result import Result

        return Result(self.encoded, origin=self._origin)._repr_html_()

    def __reduce__(self) -> tuple[type[dict[str, Value]], tuple[dict[str, Value]]]:
        return dict, (dict(self),)


class Relations(Mapping[str, "Result"]):
    """Where one can go from a document: `document.related["sessions"]`, or `document.related.sessions`.

    The names are those of declared relations, and of the ways back: `session.userId` for the sessions whose `userId`
    this is. What a name stands for is read when it is asked for, 100 documents at most; `take` reads more. A name that
    no relation has raises KeyError, or as an attribute AttributeError.
    """

    def __init__(self, encoded: JsonObject, origin: Origin) -> None:
        self._encoded = encoded
        self._origin = origin

    def take(self, name: str, limit: int = _EACH) -> Result:
        """The documents of a relation, `limit` of them at most. Raises UsageError for a name that no relation has, with
        those that there are."""
        from kitcn_repl.results.result import Result

        return Result.of_documents([self._encoded], self._origin).related(name, limit=limit)

    def names(self) -> list[str]:
        """The names of all relations, in both directions. Raises KitcnError if nobody can be asked."""
        return wait(self._origin)(lambda: way_names(self._origin, [self._encoded]))

    def __getitem__(self, name: str) -> Result:
        if name not in self.names():
            raise KeyError(name)
        return self.take(name)

    def __getattr__(self, name: str) -> Result:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self.take(name)
        except UsageError as error:
            raise AttributeError(error.message) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self.names())

    def __len__(self) -> int:
        return len(self.names())

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *(name for name in self._known() if name.isidentifier())]

    def _ipython_key_completions_(self) -> list[str]:
        return self._known()

    def _known(self) -> list[str]:
        try:
            return self.names()
        except KitcnError:
            return []

    def __repr__(self) -> str:
        return f"<relations {', '.join(self._known()) or 'none'}>"


def _value(encoded: JsonValue, origin: Origin) -> Value:
    """The value with its ids made `Id`, and documents in it `Document`, however deep they are."""
    if isinstance(encoded, str):
        return Id(encoded, origin) if is_id(encoded) else encoded
    if isinstance(encoded, list):
        return [_value(item, origin) for item in encoded]
    if isinstance(encoded, dict) and not (len(encoded) == 1 and next(iter(encoded)).startswith("$")):
        if "_id" in encoded:
            return Document(encoded, origin)
        return {name: _value(item, origin) for name, item in encoded.items()}
    value: Value = python_value(encoded)
    return value


def wait(origin: Origin) -> Wait:
    """How to wait for what the deployment says. Raises KitcnError where the caller has an event loop to await in."""
    if origin.wait is None:
        raise KitcnError(
            "Following needs a connection for plain code.",
            hint="With an event loop: await connection.get(id), await table.take_async(limit), or await"
            " result.related_async(name).",
        )
    return origin.wait
