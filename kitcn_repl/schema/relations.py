"""kitcn's rules for declared relations: inference of `from` and `to`, inverses, and what it refuses (kitcn.md 3)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from kitcn_repl.schema.model import Cardinality, Place, Relation, Through

Tell = Callable[[str, Place], None]
"""Takes a message for the user and its place."""


@dataclass(frozen=True, slots=True)
class ColumnReference:
    """`r.<table>.<column>`, with `.through(...)`. `column` is the deployed name: `_id` for `id`."""

    table: str
    column: str
    not_null: bool
    through: ColumnReference | None = None


@dataclass(frozen=True, slots=True)
class Declaration:
    """`r.one.<target>(...)` or `r.many.<target>(...)` under a table and a name. Columns are None where not given.

    `is_known` is false where parts of the declaration cannot be known; others must not be judged by it.
    """

    source: str
    name: str
    cardinality: Cardinality
    target: str
    place: Place
    from_columns: tuple[ColumnReference, ...] | None = None
    to_columns: tuple[ColumnReference, ...] | None = None
    alias: str | None = None
    optional: bool = True
    where: str | None = None
    is_known: bool = True


def resolve(
    columns: Mapping[str, Collection[str]],
    declarations: Sequence[Declaration],
    tell: Tell,
    *,
    is_old: bool = False,
) -> tuple[Relation, ...]:
    """The relations that kitcn makes of declarations, in its order.

    `columns` are the tables in their order and the names that a relation must not have. A declaration that kitcn
    refuses is told and left out, the others stay. `is_old` pairs inverses as better-convex did, before kitcn 0.12.
    """
    by_table: dict[str, list[_Working]] = {table: [] for table in columns}
    for declaration in declarations:
        if declaration.source in by_table:
            by_table[declaration.source].append(_Working(declaration))
    for table, relations in by_table.items():
        for relation in relations:
            refusal = _complete(relation, by_table, columns[table])
            if refusal is not None:
                relation.is_refused = True
                if refusal:
                    tell(f"{_label(relation.declared)}: {refusal}", relation.declared.place)
    edges = [relation for relations in by_table.values() for relation in relations if relation.is_usable]
    _pair(edges, _is_candidate_in_better_convex if is_old else _is_candidate, tell)
    _refuse_cycles(edges, tell)
    return tuple(edge.relation() for edge in edges)


class _Working:
    """A declaration on the way to its relation."""

    def __init__(self, declared: Declaration) -> None:
        self.declared = declared
        self.from_columns = declared.from_columns
        self.to_columns = declared.to_columns
        self.through = _through(declared)
        self.where = declared.where
        self.is_inferred = False
        self.is_refused = False
        self.inverse: _Working | None = None

    @property
    def is_usable(self) -> bool:
        return self.declared.is_known and not self.is_refused

    @property
    def is_required(self) -> bool:
        """Whether no source document can be without a target."""
        columns = self.from_columns or ()
        return self.declared.cardinality == "one" and all(column.not_null for column in columns)

    def relation(self) -> Relation:
        declared = self.declared
        return Relation(
            source=declared.source,
            name=declared.name,
            cardinality=declared.cardinality,
            target=declared.target,
            from_fields=_names(self.from_columns),
            to_fields=_names(self.to_columns),
            through=self.through,
            alias=declared.alias,
            inverse=self.inverse.declared.name if self.inverse is not None else None,
            optional=declared.optional if declared.cardinality == "one" else True,
            where=self.where,
            inferred=self.is_inferred,
            place=declared.place,
        )


def _names(columns: Iterable[ColumnReference] | None) -> tuple[str, ...]:
    return tuple(column.column for column in columns or ())


def _through(declared: Declaration) -> Through | None:
    from_columns, to_columns = declared.from_columns or (), declared.to_columns or ()
    junctions = [column.through for column in (*from_columns, *to_columns) if column.through is not None]
    if not junctions:
        return None
    return Through(
        junctions[0].table,
        tuple(column.through.column for column in from_columns if column.through is not None),
        tuple(column.through.column for column in to_columns if column.through is not None),
    )


def _label(declared: Declaration) -> str:
    return f"relations -> {declared.source}: {{ {declared.name}: r.{declared.cardinality}.{declared.target}(...) }}"


def _complete(relation: _Working, by_table: Mapping[str, list[_Working]], taken: Collection[str]) -> str | None:
    """Fill in what is inferred. Why kitcn refuses the relation, empty where nobody can tell; None if it does not."""
    declared = relation.declared
    if not declared.is_known:
        return ""
    if declared.name in taken:
        return f'relation name collides with column "{declared.name}" of table "{declared.source}"'
    if declared.alias == "":
        return '"alias" cannot be empty'
    if declared.from_columns == ():
        return '"from" cannot be empty'
    if declared.to_columns == ():
        return '"to" cannot be empty'
    if declared.from_columns is not None and declared.to_columns is not None:
        return _wrong_columns(declared, declared.from_columns, declared.to_columns)
    if declared.from_columns is not None or declared.to_columns is not None:
        return 'relation must have both "from" and "to" or none'
    return _infer(relation, by_table)


def _wrong_columns(
    declared: Declaration, from_columns: Sequence[ColumnReference], to_columns: Sequence[ColumnReference]
) -> str | None:
    junctions = [column.through for column in (*from_columns, *to_columns)]
    used = {junction.table for junction in junctions if junction is not None}
    if len(from_columns) != len(to_columns) and not used:
        return '"from" and "to" must have same length'
    for side, table, columns in (("from", declared.source, from_columns), ("to", declared.target, to_columns)):
        for column in columns:
            if column.table != table:
                return f'all "{side}" columns must belong to table "{table}", found "{column.table}"'
    if used and None in junctions:
        return '.through() must be used on all columns in "from" and "to" or none'
    if len(used) > 1:
        return ".through() must use same table for all columns"
    return None


def _infer(relation: _Working, by_table: Mapping[str, list[_Working]]) -> str | None:
    declared = relation.declared
    source, target, alias = declared.source, declared.target, declared.alias
    if target not in by_table:
        return f'missing "from"/"to" and no reverse relation found for "{target}"'
    others = [other for other in by_table[target] if other is not relation]
    if alias:
        reverses = [other for other in others if other.declared.alias == alias]
        several = f'multiple reverse relations with alias "{alias}" found'
        none = f'no reverse relation with alias "{alias}" found in "{target}"'
    else:
        reverses = [other for other in others if other.declared.target == source and not other.declared.alias]
        several = f'multiple relations between "{target}" and "{source}"; use alias'
        none = f'no reverse relation between "{target}" and "{source}"'
    if any(not reverse.declared.is_known for reverse in others):
        return ""
    if len(reverses) > 1:
        return several
    if not reverses:
        return none
    reverse = reverses[0]
    if reverse.from_columns is None or reverse.to_columns is None:
        return f'reverse relation "{target}.{reverse.declared.name}" missing "from"/"to"'
    relation.from_columns, relation.to_columns = reverse.to_columns, reverse.from_columns
    if reverse.through is not None:
        through = reverse.through
        relation.through = Through(through.table, through.to_fields, through.from_fields)
    relation.where = relation.where if relation.where is not None else reverse.where
    relation.is_inferred = True
    return None


def _pair(edges: Sequence[_Working], is_candidate: Callable[[_Working, _Working], bool], tell: Tell) -> None:
    """Link inverse relations; a later one may take an inverse from an earlier one, as in kitcn."""
    by_source: dict[str, list[_Working]] = {}
    for edge in edges:
        by_source.setdefault(edge.declared.source, []).append(edge)
    for edge in edges:
        if edge.inverse is not None:
            continue
        candidates = [other for other in by_source.get(edge.declared.target, ()) if is_candidate(edge, other)]
        if len(candidates) > 1:
            between = f'from "{edge.declared.target}" to "{edge.declared.source}"'
            tell(f"Multiple relations found {between}. Add alias to disambiguate.", edge.declared.place)
        elif candidates:
            _link(edge, candidates[0], tell)


def _is_candidate(edge: _Working, other: _Working) -> bool:
    if other is edge or other.declared.target != edge.declared.source:
        return False
    alias, other_alias = edge.declared.alias, other.declared.alias
    if alias and other_alias:
        return alias == other_alias
    if alias:
        return other.declared.name == alias
    if other_alias:
        return other_alias == edge.declared.name
    return True


def _is_candidate_in_better_convex(edge: _Working, other: _Working) -> bool:
    if other is edge:
        return False
    if edge.declared.alias:
        return other.declared.alias == edge.declared.alias
    return other.declared.target == edge.declared.source


def _link(edge: _Working, other: _Working, tell: Tell) -> None:
    if edge.declared.cardinality == other.declared.cardinality == "many" and not _are_swapped(edge, other):
        pair = " <-> ".join(f"{it.declared.source}.{it.declared.name}" for it in (edge, other))
        rule = "must both use .through() with the same junction table and swapped junction columns."
        tell(f"Invalid many-to-many inverse: {pair}. Many-to-many inverses {rule}", edge.declared.place)
        return
    edge.inverse, other.inverse = other, edge


def _are_swapped(edge: _Working, other: _Working) -> bool:
    if edge.through is None or other.through is None:
        return False
    return edge.through == Through(other.through.table, other.through.to_fields, other.through.from_fields)


def _refuse_cycles(edges: Iterable[_Working], tell: Tell) -> None:
    graph: dict[str, dict[str, Place]] = {}
    for edge in edges:
        if edge.is_required:
            graph.setdefault(edge.declared.source, {}).setdefault(edge.declared.target, edge.declared.place)
    done: set[str] = set()
    for start in graph:
        place = _cycle(graph, start, done)
        if place is not None:
            fix = "Make at least one foreign key nullable (omit .notNull()) to break the cycle."
            tell(f"Circular dependency detected in required one() relations. {fix}", place)
            return


def _cycle(graph: Mapping[str, Mapping[str, Place]], start: str, done: set[str]) -> Place | None:
    """The place of a relation that closes a circle, found without recursion: chains may be long."""
    if start in done:
        return None
    done.add(start)
    path = [(start, iter(graph.get(start, {}).items()))]
    on_path = {start}
    while path:
        table, neighbours = path[-1]
        target, place = next(neighbours, (None, None))
        if target is None:
            path.pop()
            on_path.discard(table)
        elif target in on_path:
            return place
        elif target not in done:
            done.add(target)
            on_path.add(target)
            path.append((target, iter(graph.get(target, {}).items())))
    return None
