"""Definitions of aggregate and rank indexes as text, and what differs between two of them."""

from __future__ import annotations

from kitcn_repl.schema.model import AggregateIndex, RankIndex

_METRICS = ("count", "sum", "avg", "min", "max")


def definition_text(index: AggregateIndex | RankIndex) -> str:
    """As its author wrote it, on one line: `on(teamId).sum(points)`."""
    if isinstance(index, RankIndex):
        start = f"partitionBy({', '.join(index.partition_by)})" if index.partition_by else "all()"
        order = "".join(f".orderBy({field} {direction})" for field, direction in index.order_by)
        return start + order + (f".sum({index.sum})" if index.sum else "")
    start = f"on({', '.join(index.fields)})" if index.fields else "all()"
    metrics = {name: _fields(index, name) for name in _METRICS}
    return start + "".join(f".{name}({', '.join(fields)})" for name, fields in metrics.items() if fields)


def changes(built: AggregateIndex | RankIndex, wanted: AggregateIndex | RankIndex) -> tuple[str, ...]:
    """What makes kitcn build an index again, as `key: a -> b`; nothing where what was built still serves."""
    if isinstance(built, RankIndex) and isinstance(wanted, RankIndex):
        found = [_change("partition", built.partition_by, wanted.partition_by)]
        found.append(_change("order", _order(built), _order(wanted)))
        found.append(_change("sum", _one(built.sum), _one(wanted.sum)))
        return tuple(change for change in found if change)
    assert isinstance(built, AggregateIndex)
    assert isinstance(wanted, AggregateIndex)
    found = [_change("key", built.fields, wanted.fields)]
    found += [_change(name, _fields(built, name), _fields(wanted, name), any_order=True) for name in _METRICS]
    return tuple(change for change in found if change)


def _fields(index: AggregateIndex, metric: str) -> tuple[str, ...]:
    fields: tuple[str, ...] = getattr(index, metric)
    return tuple(dict.fromkeys(fields))


def _order(index: RankIndex) -> tuple[str, ...]:
    return tuple(f"{field} {direction}" for field, direction in index.order_by)


def _one(name: str | None) -> tuple[str, ...]:
    return () if name is None else (name,)


def _change(what: str, built: tuple[str, ...], wanted: tuple[str, ...], *, any_order: bool = False) -> str | None:
    if built == wanted or (any_order and set(built) == set(wanted)):
        return None
    return f"{what}: {_listed(built)} -> {_listed(wanted)}"


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "none"
