"""What a question brought back."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from operator import index
from typing import TYPE_CHECKING, Any, overload

from kitcn_repl.errors import KitcnError, UsageError
from kitcn_repl.render.quantity import byte_size, count, duration
from kitcn_repl.results.columns import Column, build_columns, for_frame, table_numbers
from kitcn_repl.results.shapes import python_value
from kitcn_repl.results.showing import DEFAULT, Showing
from kitcn_repl.values import JsonObject, JsonValue

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

    from kitcn_repl.explore.inline.envelope import ReadCost
    from kitcn_repl.results.origin import Origin
    from kitcn_repl.schema.model import Field
    from kitcn_repl.values.codec import Value

_MOST_JSON = 100_000
"""Bytes. A larger result is no JSON that a notebook should carry along."""


class Result(Sequence[Any]):
    """The answer to a query: its value, log lines, what it read (`cost`, None where the server does not measure), where
    it is from (`deployment`), and how long it took (`elapsed`, seconds). `notices` are worth saying, and no errors.

    As a sequence it holds the items of a list, the documents of a page, or the one value that there is; null is none.
    Values are Python's own: int64 as `Int64`, bytes as bytes. `result["name"]` is a column, or of one object a field;
    KeyError says that there is none, TypeError that it is no number, slice or name.
    """

    def __init__(
        self,
        encoded: JsonValue,
        *,
        log_lines: Sequence[str] = (),
        cost: ReadCost | None = None,
        elapsed: float | None = None,
        notices: Sequence[str] = (),
        origin: Origin | None = None,
        showing: Showing = DEFAULT,
    ) -> None:
        self.encoded = encoded
        self.log_lines = tuple(log_lines)
        self.cost = cost
        self.elapsed = elapsed
        self.notices = tuple(notices)
        self.origin = origin
        self.showing = showing

    @classmethod
    def of_documents(cls, documents: Sequence[JsonObject], origin: Origin | None) -> Result:
        """Documents as they are stored, from a deployment that is open."""
        return cls(list(documents), origin=origin)

    # What came back

    @cached_property
    def value(self) -> Value:
        """All of it, as Python values."""
        value: Value = python_value(self.encoded)
        return value

    @property
    def documents(self) -> list[dict[str, Value]]:
        """The items that are objects."""
        return [item for item in self if isinstance(item, dict)]

    @property
    def deployment(self) -> str | None:
        """The deployment and why it was chosen: `demo (--demo)`."""
        return self.origin.label if self.origin is not None else None

    @cached_property
    def items(self) -> list[JsonValue]:
        """What the sequence holds, as encoded values."""
        if isinstance(self.encoded, list):
            return self.encoded
        if self.encoded is None:
            return []
        page = _page(self.encoded)
        return [self.encoded] if page is None else page

    @cached_property
    def rows(self) -> list[JsonObject]:
        """The items as rows of a table, encoded: what is no object has the one field `value`."""
        from kitcn_repl.render.rows import rows_of

        return list(rows_of(self.items))

    @property
    def is_table(self) -> bool:
        """Whether it is a list or a page of documents, and not one value."""
        return isinstance(self.encoded, list) or _page(self.encoded) is not None

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns with their types, as far as the tables are known by now."""
        known = self.fields
        if self._columns is None or self._columns[0] is not known:
            self._columns = known, build_columns(self.rows, known)
        return self._columns[1]

    _columns: tuple[Mapping[str, Field] | None, tuple[Column, ...]] | None = None

    # What is known of it

    @cached_property
    def _table_numbers(self) -> set[int]:
        return table_numbers(self.rows)

    @property
    def table(self) -> str | None:
        """The table that all rows are documents of; None where they are not, or where it is not known yet."""
        known = self.origin.knowledge if self.origin is not None else None
        if known is None or len(self._table_numbers) != 1:
            return None
        (number,) = self._table_numbers
        return known.tables.get(number)

    @property
    def fields(self) -> Mapping[str, Field] | None:
        """What is known of the fields of `table`."""
        known = self.origin.knowledge if self.origin is not None else None
        table = known.schema.tables.get(self.table or "") if known is not None else None
        return table.fields if table is not None else None

    def facts(self) -> list[str]:
        """Where it is from, what it read and how long it took; for people."""
        facts = [self.deployment] if self.deployment is not None else []
        if self.cost is not None:
            facts.append(
                f"read {count(self.cost.documents_read)} of {count(self.cost.documents_limit)} documents, "
                f"{byte_size(self.cost.bytes_read)} of {byte_size(self.cost.bytes_limit)}"
            )
        if self.elapsed is not None:
            facts.append(duration(self.elapsed))
        return facts

    def show(self, limit: int | None = None, *, show_secrets: bool | None = None, width: int | None = None) -> Result:
        """The same result, shown otherwise: `limit` rows, credentials or none, text so many columns wide.

        Raises UsageError for a limit that is no number of rows.
        """
        if limit is not None:
            whole_number("limit", limit)
        now = self.showing
        showing = Showing(
            now.limit if limit is None else limit,
            now.show_secrets if show_secrets is None else show_secrets,
            now.width if width is None else width,
        )
        return self._with(self.encoded, showing=showing)

    # As a sequence

    def __len__(self) -> int:
        return len(self.items)

    def __bool__(self) -> bool:
        return bool(self.items)

    def __iter__(self) -> Iterator[Any]:
        return map(self._python, self.items)

    @overload
    def __getitem__(self, key: int) -> Any: ...
    @overload
    def __getitem__(self, key: slice) -> Result: ...
    @overload
    def __getitem__(self, key: str) -> Any: ...

    def __getitem__(self, key: int | slice | str) -> Any:
        if isinstance(key, slice):
            return self._with(self.items[key])
        if not isinstance(key, str):
            try:
                place = index(key)  # numpy's whole numbers too
            except TypeError:
                kind = type(key).__name__
                raise TypeError(f"a result is indexed by number, slice or field name, not by {kind}") from None
            return self._python(self.items[place])
        if isinstance(self.encoded, dict) and not self.is_table:
            return python_value(self.encoded[key])
        if not any(key in row for row in self.rows):
            raise KeyError(key)
        return [python_value(row.get(key)) for row in self.rows]

    def _python(self, item: JsonValue) -> Any:
        """A document can be asked further, where somebody waits for the answer."""
        if isinstance(item, dict) and "_id" in item and self.origin is not None and self.origin.wait is not None:
            from kitcn_repl.results.documents import Document

            return Document(item, self.origin)
        return python_value(item)

    def _with(self, encoded: JsonValue, *, showing: Showing | None = None) -> Result:
        return Result(
            encoded,
            log_lines=self.log_lines,
            cost=self.cost,
            elapsed=self.elapsed,
            notices=self.notices,
            origin=self.origin,
            showing=showing or self.showing,
        )

    # As a data frame

    def to_pandas(self, *, times: Collection[str] = ()) -> pandas.DataFrame:
        """A pandas frame: a row per item. int64 stays exact, columns with gaps get nullable types, times are UTC,
        nested values are objects.

        Columns that kitcn declares as timestamps become datetimes; `times` names further ones, of milliseconds since
        1970. Null and missing fields are both gaps; `columns` tells them apart. Raises KitcnError without pandas,
        UsageError for a name in `times` that no column has.
        """
        from kitcn_repl.results.frames.to_pandas import pandas_frame

        return pandas_frame(self._learnt_columns(times), len(self))

    def to_polars(self, *, times: Collection[str] = ()) -> polars.DataFrame:
        """As `to_pandas`, for polars: nested values are structs and lists, mixed ones JSON text. Raises KitcnError."""
        from kitcn_repl.results.frames.to_polars import polars_frame

        return polars_frame(self._learnt_columns(times))

    def to_arrow(self, *, times: Collection[str] = ()) -> pyarrow.Table:
        """As `to_polars`, for pyarrow. Raises KitcnError."""
        from kitcn_repl.results.frames.to_arrow import arrow_table

        return arrow_table(self._learnt_columns(times), len(self))

    def _learnt_columns(self, times: Collection[str]) -> tuple[Column, ...]:
        if self._table_numbers and self.origin is not None and self.origin.knowledge is None:
            self._learn()
        if isinstance(times, str):
            times = (times,)
        columns = build_columns(self.rows, self.fields, times) if times else self.columns
        unknown = [name for name in times if columns and all(column.name != name for column in columns)]
        if unknown:
            raise UsageError(f"times names {unknown[0]!r}, and there is no such column.")
        return tuple(map(for_frame, columns))

    def _learn(self) -> None:
        """Ask what the tables are like; without an answer types are those of the data alone."""
        assert self.origin is not None
        if self.origin.wait is None:
            return
        try:
            self.origin.wait(self.origin.learn)
        except KitcnError as error:
            import warnings

            warnings.warn(f"No column's type is known from the schema: {error.message}", stacklevel=4)

    # Onwards

    def related(self, name: str, *, limit: int = 100) -> Result:
        """The documents that these are related with: `name` is a relation, a way back such as `session.userId`, or the
        table where it leads. At most `limit` for each document; a notice says so where there are more.

        Raises UsageError for a name that no relation has, and for rows that are no documents; KitcnError for a result
        that is not from a deployment, or whose connection has an event loop of its own; DeploymentError if nothing
        could be read.
        """
        origin = self._attached()
        if origin.wait is None:
            raise KitcnError("Where you have an event loop, write: await result.related_async(...)")
        return origin.wait(lambda: self.related_async(name, limit=limit))

    async def related_async(self, name: str, *, limit: int = 100) -> Result:
        """As `related`, for code with an event loop. Raises the same."""
        from time import perf_counter

        whole_number("limit", limit)
        from kitcn_repl.results.related import find_related

        origin = self._attached()
        started = perf_counter()
        found = await find_related(origin, self.rows, name, limit)
        return Result(
            list(found.documents),
            cost=found.cost,
            elapsed=perf_counter() - started,
            notices=found.notices,
            origin=origin,
            showing=self.showing,
        )

    def relations(self) -> list[str]:
        """The names that `related` takes for these documents. Raises as `related` does, KitcnError among them."""
        from kitcn_repl.results.related import way_names

        origin = self._attached()
        if origin.wait is None:
            raise KitcnError("The relations of a result can be listed from plain code only, without an event loop.")
        return origin.wait(lambda: way_names(origin, self.rows))

    def _attached(self) -> Origin:
        if self.origin is None:
            raise KitcnError("This result does not know which deployment it is from.")
        return self.origin

    def __reduce__(self) -> tuple[Any, ...]:
        """Copied and kept, it is what came back; an open deployment cannot come along."""
        made = ("_columns", *(name for name, value in vars(Result).items() if isinstance(value, cached_property)))
        kept = {name: value for name, value in vars(self).items() if name not in made}
        return object.__new__, (type(self),), {**kept, "origin": None}

    def __copy__(self) -> Result:
        copy = object.__new__(type(self))
        vars(copy).update(vars(self))
        return copy

    # As people see it

    def __repr__(self) -> str:
        from kitcn_repl.results.text import result_text

        return result_text(self)

    def _repr_html_(self) -> str:
        from kitcn_repl.results.html import result_html

        return result_html(self)

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> dict[str, Any]:
        """Text and HTML; JSON (credentials masked, as notebooks are kept) if it is small and asked for by name, since
        notebooks would show that instead."""
        bundle: dict[str, Any] = {"text/plain": repr(self), "text/html": self._repr_html_()}
        if include and "application/json" in include and (small := self._small_json()) is not None:
            bundle["application/json"] = small
        wanted = set(bundle) & set(include) if include else set(bundle)
        return {name: bundle[name] for name in bundle if name in wanted - set(exclude or ())}

    def _small_json(self) -> JsonValue:
        import json

        from kitcn_repl.render.secrets import redacted

        value = self.encoded if self.showing.show_secrets else redacted(self.encoded)
        return value if len(self.items) <= 1_000 and len(json.dumps(value)) <= _MOST_JSON else None


def whole_number(name: str, value: object, least: int = 1) -> None:
    """Raises UsageError for what is none, or is less than `least`."""
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise UsageError(f"{name} is a whole number of at least {least}, not {value!r}.")


def _page(value: JsonValue) -> list[JsonValue] | None:
    """The documents of what `paginate` answers."""
    if isinstance(value, dict) and "continueCursor" in value and "isDone" in value:
        page = value.get("page")
        return page if isinstance(page, list) else None
    return None
