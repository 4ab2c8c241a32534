"""One table of a schema in full: every fact, and where it is from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kitcn_repl.render.edges import table_tree
from kitcn_repl.render.places import Places
from kitcn_repl.render.quantity import counted, duration
from kitcn_repl.render.sections import Sections
from kitcn_repl.render.style import Style
from kitcn_repl.render.table import Cell
from kitcn_repl.render.text import visible
from kitcn_repl.render.tree import draw_tree
from kitcn_repl.schema.model import (
    AggregateIndex,
    Discriminator,
    Edge,
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


def draw_table(table: Table, schema: Schema, edges: Sequence[Edge], style: Style, width: int | None) -> Sections:
    """The table's sections under a line that sums it up; what it does not have takes no room."""
    places = Places(schema.files)
    sections = Sections(style, width)
    sections.lines += _headline(visible(table.name), map(visible, _summary(table, places)), style, width)
    places = Places(schema.files, table.place.file if table.place is not None else None)
    _add_fields(sections, table, places)
    sections.table("Indexes", ("index", "fields", "", "from"), [_index(each, table, places) for each in table.indexes])
    computed = [_aggregate(each, places) for each in table.aggregate_indexes]
    computed += [_rank(each, places) for each in table.rank_indexes]
    sections.table("Aggregates and ranks", ("name", "kind", "key", "value", "from"), computed)
    keys = [_foreign_key(key, places) for key in table.foreign_keys]
    sections.table("Foreign keys", ("columns", "target", "", "from"), keys)
    tree = table_tree(edges, table.name, places)
    if tree.children:
        sections.title("Relations")
        sections.lines += draw_tree(tree.children, style, width, indent="  ")
    checks = [[_text(each.name), _text(each.expression), _at(each.place, places)] for each in table.checks]
    sections.table("Checks", ("check", "expression", "from"), checks)
    if table.rls.enabled or table.rls.policies:
        policies = [_policy(each, places) for each in table.rls.policies]
        if policies:
            state = "" if table.rls.enabled else " (not enabled)"
            sections.table(f"Row level security{state}", ("policy", "for", "to", "rule", "from"), policies)
        else:
            sections.title("Row level security, without policies")
    triggers = [_trigger(each, places) for each in table.triggers]
    sections.table("Triggers", ("event", "", "from"), triggers)
    return sections


def _summary(table: Table, places: Places) -> Iterator[str]:
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
    sources = places.sources(table.origins, table.place)
    if sources:
        yield sources


def _headline(name: str, facts: Iterable[str], style: Style, width: int | None) -> Iterator[str]:
    """`user · auth · 60 documents`, in further lines where a fact finds no room."""
    from rich.cells import cell_len

    line, used = style.bold(name), cell_len(name)
    for fact in facts:
        part = f" · {fact}"
        if width is not None and used + cell_len(part) > width:
            yield line
            line, used = "", 0
        line += style.dim(part)
        used += cell_len(part)
    yield line


def _add_fields(sections: Sections, table: Table, places: Places) -> None:
    if table.fields is None:
        sections.title("Documents")
        sections.lines.append(f"  {visible(describe(table.document or {'type': 'any'}))}")
        return
    rows = [
        [
            _text(each.name + ("?" if each.optional else "")),
            Cell(visible(describe(each.validator)), "plain" if each.validator is not None else "dim"),
            _text(" ".join(filter(None, (each.kind, each.mode)))),
            _text(", ".join(_field_facts(each))),
            Cell(places.sources(each.origins, each.place), "dim"),
        ]
        for each in table.fields.values()
    ]
    if rows:
        sections.table("Fields", ("field", "type", "column", "", "from"), rows)
    elif not table.open:
        sections.title("No fields")
    if table.open:
        sections.lines.append("  " + sections.style.yellow("… and fields that only running the source would tell"))
    if table.discriminator is not None:
        _add_cases(sections, table.discriminator)


def _add_cases(sections: Sections, rule: Discriminator) -> None:
    rows = []
    for case, fields in rule.cases.items():
        required = rule.required.get(case, ())
        rows.append([_text(case), _text(", ".join(name + ("" if name in required else "?") for name in fields))])
    sections.table(f"Cases of {visible(rule.field)}, read as {visible(rule.alias)}", ("case", "fields"), rows)


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


def _index(index: Index, table: Table, places: Places) -> list[Cell]:
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
    return [_text(index.name), _text(fields), _text(", ".join(facts)), _from(index, places)]


def _aggregate(index: AggregateIndex, places: Places) -> list[Cell]:
    metrics = {"count": index.count, "sum": index.sum, "avg": index.avg, "min": index.min, "max": index.max}
    values = " ".join(f"{name}({', '.join(fields)})" for name, fields in metrics.items() if fields)
    return [
        _text(index.name),
        Cell("aggregate"),
        _text(", ".join(index.fields) or "all documents"),
        _text(values or "count"),
        _from(index, places),
    ]


def _rank(index: RankIndex, places: Places) -> list[Cell]:
    order = ", ".join(f"{name} {direction}" for name, direction in index.order_by)
    key = f"{', '.join(index.partition_by) or 'all documents'} by {order}"
    return [
        _text(index.name),
        Cell("rank"),
        _text(key),
        _text("" if index.sum is None else f"sum({index.sum})"),
        _from(index, places),
    ]


def _foreign_key(key: ForeignKey, places: Places) -> list[Cell]:
    actions = [f"on delete {key.on_delete}"] if key.on_delete else []
    actions += [f"on update {key.on_update}"] if key.on_update else []
    target = ", ".join(f"{key.target}.{column}" for column in key.target_columns)
    return [_text(", ".join(key.columns)), _text(target), Cell(", ".join(actions)), _at(key.place, places)]


def _policy(policy: Policy, places: Places) -> list[Cell]:
    rules = [f"using {policy.using}"] if policy.using else []
    rules += [f"with check {policy.with_check}"] if policy.with_check else []
    return [
        _text(policy.name),
        _text(policy.operation if policy.kind == "permissive" else f"{policy.operation}, {policy.kind}"),
        _text(", ".join(policy.to)),
        _text("; ".join(rules)),
        _at(policy.place, places),
    ]


def _trigger(trigger: Trigger, places: Places) -> list[Cell]:
    writes = f"writes {', '.join(trigger.writes)}" if trigger.writes else ""
    return [_text(trigger.event), _text(writes), _at(trigger.place, places)]


def _text(text: str) -> Cell:
    return Cell(visible(text))


def _from(index: Index | AggregateIndex | RankIndex, places: Places) -> Cell:
    return Cell(places.sources(index.origins, index.place), "dim")


def _at(place: Place | None, places: Places) -> Cell:
    return Cell(places.text(place), "dim")
