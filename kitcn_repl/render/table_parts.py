"""What is known of one table, part by part: titles, headings and rows, for whoever draws them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kitcn_repl.render.places import Places
from kitcn_repl.render.quantity import counted, duration
from kitcn_repl.render.table import Cell
from kitcn_repl.render.text import visible
from kitcn_repl.schema.model import (
    AggregateIndex,
    Check,
    Discriminator,
    Field,
    ForeignKey,
    Index,
    Place,
    Policy,
    RankIndex,
    Schema,
    Table,
    Trigger,
)
from kitcn_repl.schema.validators import describe

Subject = Field | Index | AggregateIndex | RankIndex | ForeignKey | Check | Policy | Trigger


@dataclass(frozen=True, slots=True)
class PartRow:
    """A fact. `subject` is what it is about, `target` the table that it leads to."""

    cells: tuple[Cell, ...]
    subject: Subject | None = None
    target: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """Facts of one sort under a title. `remarks` are lines for people, `is_warning` if what they say is a lack."""

    title: str
    headings: tuple[str, ...] = ()
    rows: tuple[PartRow, ...] = ()
    remarks: tuple[str, ...] = ()
    is_warning: bool = False


def places_in(table: Table, schema: Schema) -> Places:
    """How places in a table's description are written: of the file that it is declared in, the line is enough."""
    return Places(schema.files, table.place.file if table.place is not None else None)


def summary_of(table: Table, schema: Schema) -> Iterator[str]:
    """What stands beside the table's name: whose it is, its documents, what deleting does, where it is from."""
    if table.plugin is not None:
        yield f"plugin {table.plugin}"
    elif table.owner != "own":
        yield table.owner
    if table.count is not None:
        yield counted(table.count, "document")
    if table.deletion is not None:
        delay = "" if table.deletion_delay is None else f" after {duration(table.deletion_delay / 1000)}"
        yield f"{table.deletion} deletion{delay}"
    if table.declared_name not in (None, table.name):
        yield f"declared as {table.declared_name}"
    sources = Places(schema.files).sources(table.origins, table.place)
    if sources:
        yield sources


def fields_part(table: Table, places: Places) -> Part:
    """The fields, or the validator of documents that are no plain object."""
    if table.fields is None:
        return Part("Documents", remarks=(visible(describe(table.document or {"type": "any"})),))
    lack = ("… and fields that only running the source would tell",) if table.open else ()
    rows = tuple(_field(each, places) for each in table.fields.values())
    if not rows and not table.open:
        return Part("No fields")
    return Part("Fields", ("field", "type", "column", "", "from"), rows, lack, is_warning=True)


def cases_part(rule: Discriminator) -> Part:
    rows = []
    for case, fields in rule.cases.items():
        required = rule.required.get(case, ())
        listed = ", ".join(name + ("" if name in required else "?") for name in fields)
        rows.append(PartRow((_text(case), _text(listed))))
    return Part(f"Cases of {visible(rule.field)}, read as {visible(rule.alias)}", ("case", "fields"), tuple(rows))


def index_parts(table: Table, places: Places) -> Iterator[Part]:
    """Indexes, then what of kitcn's is like one, then foreign keys; parts without rows are left out."""
    computed = [*(_aggregate(each, places) for each in table.aggregate_indexes)]
    computed += [_rank(each, places) for each in table.rank_indexes]
    keys = tuple(_foreign_key(key, places) for key in table.foreign_keys)
    yield from _with_rows(
        Part("Indexes", ("index", "fields", "", "from"), tuple(_index(each, table, places) for each in table.indexes)),
        Part("Aggregates and ranks", ("name", "kind", "key", "value", "from"), tuple(computed)),
        Part("Foreign keys", ("columns", "target", "", "from"), keys),
    )


def rule_parts(table: Table, places: Places) -> Iterator[Part]:
    """Checks, row level security and triggers; parts without rows are left out."""
    checks = tuple(
        PartRow((_text(each.name), _text(each.expression), _at(each.place, places)), each) for each in table.checks
    )
    yield from _with_rows(Part("Checks", ("check", "expression", "from"), checks))
    if table.rls.policies:
        state = "" if table.rls.enabled else " (not enabled)"
        policies = tuple(_policy(each, places) for each in table.rls.policies)
        yield Part(f"Row level security{state}", ("policy", "for", "to", "rule", "from"), policies)
    elif table.rls.enabled:
        yield Part("Row level security, without policies")
    triggers = tuple(_trigger(each, places) for each in table.triggers)
    yield from _with_rows(Part("Triggers", ("event", "", "from"), triggers))


def _with_rows(*parts: Part) -> Iterator[Part]:
    return (part for part in parts if part.rows)


def _field(each: Field, places: Places) -> PartRow:
    cells = (
        _text(each.name + ("?" if each.optional else "")),
        Cell(visible(describe(each.validator)), "plain" if each.validator is not None else "dim"),
        _text(" ".join(filter(None, (each.kind, each.mode)))),
        _text(", ".join(_field_facts(each))),
        Cell(places.sources(each.origins, each.place), "dim"),
    )
    return PartRow(cells, each, each.references)


def _field_facts(each: Field) -> Iterator[str]:
    if each.unique:
        yield "unique"
    if each.default is not None:
        yield f"default {each.default}"
    if each.on_update:
        yield "set on update"
    if each.references is not None:
        yield f"→ {each.references}"
    if each.values and each.validator is None:
        yield " | ".join(each.values)
    if each.cases:
        yield f"in {', '.join(each.cases)}"


def _index(index: Index, table: Table, places: Places) -> PartRow:
    fields = ", ".join(index.fields)
    if index.filter_fields:
        fields += f" (filters: {', '.join(index.filter_fields)})"
    facts: list[str] = [] if index.kind == "database" else [index.kind]
    if index.dimensions is not None:
        facts.append(counted(index.dimensions, "dimension"))
    rule = next((unique for unique in table.unique if unique.name == index.name), None)
    if rule is not None:
        facts.append("unique, nulls not distinct" if rule.nulls_not_distinct else "unique")
    if index.staged:
        facts.append("staged")
    if index.state is not None and index.state != "done":
        facts.append(index.state)
    return PartRow((_text(index.name), _text(fields), _text(", ".join(facts)), _from(index, places)), index)


def _aggregate(index: AggregateIndex, places: Places) -> PartRow:
    metrics = {"count": index.count, "sum": index.sum, "avg": index.avg, "min": index.min, "max": index.max}
    values = " ".join(f"{name}({', '.join(fields)})" for name, fields in metrics.items() if fields)
    cells = (
        _text(index.name),
        Cell("aggregate"),
        _text(", ".join(index.fields) or "all documents"),
        _text(values or "count"),
        _from(index, places),
    )
    return PartRow(cells, index)


def _rank(index: RankIndex, places: Places) -> PartRow:
    order = ", ".join(f"{name} {direction}" for name, direction in index.order_by)
    key = f"{', '.join(index.partition_by) or 'all documents'} by {order}"
    cells = (
        _text(index.name),
        Cell("rank"),
        _text(key),
        _text("" if index.sum is None else f"sum({index.sum})"),
        _from(index, places),
    )
    return PartRow(cells, index)


def _foreign_key(key: ForeignKey, places: Places) -> PartRow:
    actions = [f"on delete {key.on_delete}"] if key.on_delete else []
    actions += [f"on update {key.on_update}"] if key.on_update else []
    target = ", ".join(f"{key.target}.{column}" for column in key.target_columns)
    return PartRow(
        (_text(", ".join(key.columns)), _text(target), Cell(", ".join(actions)), _at(key.place, places)),
        key,
        key.target,
    )


def _policy(policy: Policy, places: Places) -> PartRow:
    rules = [f"using {policy.using}"] if policy.using else []
    rules += [f"with check {policy.with_check}"] if policy.with_check else []
    cells = (
        _text(policy.name),
        _text(policy.operation if policy.kind == "permissive" else f"{policy.operation}, {policy.kind}"),
        _text(", ".join(policy.to)),
        _text("; ".join(rules)),
        _at(policy.place, places),
    )
    return PartRow(cells, policy)


def _trigger(trigger: Trigger, places: Places) -> PartRow:
    writes = f"writes {', '.join(trigger.writes)}" if trigger.writes else ""
    return PartRow((_text(trigger.event), _text(writes), _at(trigger.place, places)), trigger)


def _text(text: str) -> Cell:
    return Cell(visible(text))


def _from(index: Index | AggregateIndex | RankIndex, places: Places) -> Cell:
    return Cell(places.sources(index.origins, index.place), "dim")


def _at(place: Place | None, places: Places) -> Cell:
    return Cell(places.text(place), "dim")
