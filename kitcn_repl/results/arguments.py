"""Python values as arguments of a query: what people have in their hands, numpy's and pandas' values among it."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any, Final

from kitcn_repl.errors import UsageError
from kitcn_repl.results.result import Result
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.codec import encode

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_DEEPEST = 64


def encoded_arguments(args: Mapping[str, Any] | None) -> JsonObject:
    """Encoded values by name. Raises UsageError that names the argument and what in it Convex has no type for."""
    if args is not None and not isinstance(args, Mapping):
        raise UsageError(f"Arguments are values by name, such as {{'limit': 5}}, not {type(args).__name__}.")
    encoded: JsonObject = {}
    for name, value in (args or {}).items():
        if not isinstance(name, str):
            raise UsageError(f"Argument names must be strings, not {type(name).__name__}.")
        encoded[name] = encoded_argument(name, value)
    return encoded


def encoded_argument(name: str, value: Any) -> JsonValue:
    """One argument. An int becomes a number, as it is in JavaScript; `Int64` an int64. A time is sent as milliseconds
    since 1970, as kitcn stores it; one without a time zone is refused."""
    try:
        return encode(_plain(value, 0))
    except ValueError as error:
        raise UsageError(f"Argument {name}: {error}.") from None


def own_values(value: Any) -> Any:
    """The value with what is numpy's, pandas', polars' or pyarrow's in it as Python's own values."""
    if isinstance(value, Result):
        return value.value
    convert = _foreign(value)
    try:
        if convert is not None:
            return own_values(convert(value))
    except ValueError as error:
        raise UsageError(f"{error}.") from None
    if isinstance(value, Mapping):
        return {key: own_values(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [own_values(item) for item in value]
    return value


def _foreign(value: Any) -> Callable[[Any], Any] | None:
    """What makes Python's own value of another library's; pandas' times are Python's already."""
    module = type(value).__module__.partition(".")[0]
    if module not in _FOREIGN or module not in sys.modules or isinstance(value, datetime.datetime):
        return None
    return _FOREIGN[module]


def _plain(value: Any, depth: int) -> Any:
    """The value made of what `encode` takes. Raises ValueError."""
    kind = type(value)
    if value is None or kind in (str, bool, int, float, bytes):
        return value
    if depth > _DEEPEST:
        raise ValueError(f"it is nested more than {_DEEPEST} levels deep")
    if isinstance(value, Result):
        return value.value
    if isinstance(value, datetime.datetime):
        return _milliseconds(value)
    convert = _foreign(value)
    if convert is not None:
        return _plain(convert(value), depth + 1)
    if isinstance(value, datetime.date):
        raise ValueError(f"a date has no time zone; pass a datetime, or the text {value.isoformat()!r}")
    if isinstance(value, Mapping):
        return {key: _plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, Set):
        raise ValueError(f"a {kind.__name__} has no order; pass a list")
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes, bytearray, memoryview)):
        return [_plain(item, depth + 1) for item in value]
    return value


def _milliseconds(moment: datetime.datetime) -> float | None:
    if moment != moment:  # pandas' NaT
        return None
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone; for UTC add tzinfo=UTC")
    exact = (moment - _EPOCH) / datetime.timedelta(milliseconds=1)
    return int(exact) if exact.is_integer() else exact


def _of_numpy(value: Any) -> Any:
    """numpy's times have no time zone, and count as UTC by its convention."""
    if value.dtype.kind == "M":
        return _numpy_milliseconds(value)
    if value.dtype.kind == "m":
        raise ValueError("a duration has no Convex type; pass a number")
    if value.dtype.kind in "VOc" and value.ndim == 0:
        raise ValueError(f"{value.dtype} has no Convex type")
    return value.tolist()


def _numpy_milliseconds(value: Any) -> Any:
    whole = value.astype("datetime64[us]").astype("int64").tolist()
    missing = -(2**63)
    if isinstance(whole, int):
        return None if whole == missing else whole / 1000
    return [None if each == missing else each / 1000 for each in whole]


def _of_pandas(value: Any) -> Any:
    name = type(value).__name__
    if name in ("NAType", "NaTType"):
        return None
    if name == "Timedelta":
        raise ValueError("a duration has no Convex type; pass a number")
    if name == "DataFrame":
        columns = [_of_pandas(column) for _, column in value.items()]
        return [dict(zip(value.columns, row, strict=True)) for row in zip(*columns, strict=True)]
    if hasattr(value, "tolist"):
        # NaN is a number where numbers are; elsewhere it is how pandas writes that there is nothing.
        has_numbers = getattr(value.dtype, "kind", "O") in "fc"
        return [None if _is_gap(each) or (each != each and not has_numbers) else each for each in value.tolist()]
    raise ValueError(f"{name} has no Convex type")


def _is_gap(value: Any) -> bool:
    return type(value).__name__ in ("NAType", "NaTType")


def _of_polars(value: Any) -> Any:
    if type(value).__name__ == "DataFrame":
        return value.to_dicts()
    if type(value).__name__ == "Series":
        return value.to_list()
    raise ValueError(f"{type(value).__name__} has no Convex type")


def _of_arrow(value: Any) -> Any:
    if hasattr(value, "to_pylist"):
        return value.to_pylist()
    if hasattr(value, "as_py"):
        return value.as_py()
    raise ValueError(f"{type(value).__name__} has no Convex type")


_FOREIGN: Final[Mapping[str, Callable[[Any], Any]]] = {
    "numpy": _of_numpy,
    "pandas": _of_pandas,
    "polars": _of_polars,
    "pyarrow": _of_arrow,
}
