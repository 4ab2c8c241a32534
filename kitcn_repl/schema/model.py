"""Tables, fields, indexes, relations: what is known of a database's shape, and how it is known.

The same model serves a schema read from source, one that a deployment reports, and both merged. Every fact carries its
origins and, from source, its place. Names are those of the deployment: the key under which a table is registered, and
`_id` and `_creationTime` for what kitcn calls `id` and `createdAt`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from kitcn_repl.values import JsonObject, JsonValue

Origin = Literal["source", "deployment", "data"]
EdgeOrigin = Literal["relation", "foreign_key", "validator", "data"]
"""Declared with `r.one`/`r.many`; with `.references`, `id()` or `foreignKey`; `v.id`; ids found in documents."""

EDGE_ORIGINS: tuple[EdgeOrigin, ...] = ("relation", "foreign_key", "validator", "data")
Cardinality = Literal["one", "many"]
Owner = Literal["own", "kitcn-internal", "plugin", "auth"]
Action = Literal["cascade", "restrict", "no action", "set null", "set default"]
Deletion = Literal["hard", "soft", "scheduled"]


@dataclass(frozen=True, slots=True)
class Place:
    """A position in a source file. `file` is relative to the project (POSIX), `line` counts from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Dynamic:
    """Something in the source that only running it would tell. `what` names the thing, `why` the reason."""

    what: str
    why: str
    place: Place


@dataclass(frozen=True, slots=True)
class Problem:
    """Source that is wrong or cannot be read: a syntax error, a missing file, a relation that kitcn would refuse."""

    message: str
    place: Place


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a table.

    `validator` is Convex's JSON (deployment-api.md 8.2), None where it cannot be known; `optional` as deployed, so a
    kitcn column without `.notNull()` is optional and its validator a union with null. `kind` is the builder (`text`,
    `textEnum`, `timestamp`, ...), None for a field that no kitcn column declares. `default` is JSON for a constant
    default, or the text of its function. `cases` are the discriminator cases that have this field, none for fields of
    all. `has_gaps` tells that a part of the validator cannot be known and stands as `any` in it, or has more fields.
    """

    name: str
    validator: JsonObject | None
    optional: bool
    kind: str | None = None
    not_null: bool = False
    default: str | None = None
    on_update: bool = False
    unique: bool = False
    values: tuple[str, ...] = ()
    mode: str | None = None
    references: str | None = None
    cases: tuple[str, ...] = ()
    has_gaps: bool = False
    origins: tuple[Origin, ...] = ()
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Index:
    """A database, search or vector index. For a search or vector index `fields` is the one indexed field.

    `state` is the backfill state as the server tells it (`backfilling`, `backfilled`, `done`), None from source.
    """

    name: str
    kind: Literal["database", "search", "vector"]
    fields: tuple[str, ...]
    filter_fields: tuple[str, ...] = ()
    dimensions: int | None = None
    staged: bool = False
    state: str | None = None
    origins: tuple[Origin, ...] = ()
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Unique:
    """A uniqueness rule that kitcn enforces in mutations; it is also deployed as the index of this name."""

    name: str
    fields: tuple[str, ...]
    nulls_not_distinct: bool = False
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class AggregateIndex:
    """An `aggregateIndex`: counts, sums and extremes by key. `fields` is empty for `.all()`."""

    name: str
    fields: tuple[str, ...]
    count: tuple[str, ...] = ()
    sum: tuple[str, ...] = ()
    avg: tuple[str, ...] = ()
    min: tuple[str, ...] = ()
    max: tuple[str, ...] = ()
    origins: tuple[Origin, ...] = ()
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class RankIndex:
    """A `rankIndex`. `order_by` holds (field, `asc` or `desc`) pairs."""

    name: str
    partition_by: tuple[str, ...]
    order_by: tuple[tuple[str, str], ...]
    sum: str | None = None
    origins: tuple[Origin, ...] = ()
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """`columns` of this table refer to `target_columns` of `target`. Actions are None where none is given."""

    columns: tuple[str, ...]
    target: str
    target_columns: tuple[str, ...]
    name: str | None = None
    on_delete: Action | None = None
    on_update: Action | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    expression: str
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """A row level security policy. `using` and `with_check` are source texts."""

    name: str
    operation: str = "all"
    kind: str = "permissive"
    to: tuple[str, ...] = ()
    using: str | None = None
    with_check: str | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class RowSecurity:
    """Row level security of a table; inline queries on `ctx.db` pass it by."""

    enabled: bool = False
    policies: tuple[Policy, ...] = ()


@dataclass(frozen=True, slots=True)
class Trigger:
    """`event` is `create.before`, `create.after`, ..., or `change`. `writes` are the tables that its text writes."""

    event: str
    writes: tuple[str, ...] = ()
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Discriminator:
    """Which field tells a document's case, and the fields of each case, required ones among them."""

    field: str
    alias: str
    cases: Mapping[str, tuple[str, ...]]
    required: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Through:
    """The junction table of a many-to-many relation: its fields that hold the source's and the target's values."""

    table: str
    from_fields: tuple[str, ...]
    to_fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation as kitcn computes it, inference and inverse included. `where` is its source text."""

    source: str
    name: str
    cardinality: Cardinality
    target: str
    from_fields: tuple[str, ...]
    to_fields: tuple[str, ...]
    through: Through | None = None
    alias: str | None = None
    inverse: str | None = None
    optional: bool = True
    where: str | None = None
    inferred: bool = False
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table. `declared_name` is the first argument of `convexTable`, which ought to equal `name`, the key.

    `fields` is None for a table whose documents may be anything. `open` tells that the source adds fields which cannot
    be known without running it, `open_indexes` the same of indexes. `plugin` names the extension or package that a
    plugin's table is from.
    """

    name: str
    fields: Mapping[str, Field] | None
    declared_name: str | None = None
    owner: Owner = "own"
    plugin: str | None = None
    indexes: tuple[Index, ...] = ()
    unique: tuple[Unique, ...] = ()
    aggregate_indexes: tuple[AggregateIndex, ...] = ()
    rank_indexes: tuple[RankIndex, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    checks: tuple[Check, ...] = ()
    rls: RowSecurity = field(default_factory=RowSecurity)
    triggers: tuple[Trigger, ...] = ()
    deletion: Deletion | None = None
    deletion_delay: float | None = None
    discriminator: Discriminator | None = None
    open: bool = False
    open_indexes: bool = False
    document: JsonObject | None = None
    """The whole document's validator where it is no plain object (a union of objects, or any)."""
    count: int | None = None
    origins: tuple[Origin, ...] = ()
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Schema:
    """The tables of one component by name, and the relations between them.

    `dialect` says what the source is written in: `kitcn` (also better-convex), `convex`, `ents`, None without source.
    `open` tells that the source may have tables which cannot be known without running it. `files` are the source files
    that were read.
    """

    tables: Mapping[str, Table] = field(default_factory=dict)
    relations: tuple[Relation, ...] = ()
    dynamic: tuple[Dynamic, ...] = ()
    problems: tuple[Problem, ...] = ()
    dialect: Literal["kitcn", "convex", "ents"] | None = None
    strict: bool = True
    defaults: Mapping[str, JsonValue] = field(default_factory=dict)
    validates: bool = True
    open: bool = False
    files: tuple[str, ...] = ()
    component: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """`matching` of `sampled` values of a field, null and missing ones aside, are ids of the target table."""

    matching: int
    sampled: int


@dataclass(frozen=True, slots=True)
class Edge:
    """A way from documents of `source` to documents of `target`, and where the knowledge is from.

    Fields are dotted paths; a path through an array means any of its elements, and `many` follows. Edges without a
    declared relation are called after their field. `evidence` is there with the origin `data`.
    """

    source: str
    name: str
    cardinality: Cardinality
    target: str
    from_fields: tuple[str, ...]
    to_fields: tuple[str, ...]
    origins: tuple[EdgeOrigin, ...]
    through: Through | None = None
    alias: str | None = None
    inverse: str | None = None
    optional: bool = True
    evidence: Evidence | None = None
    place: Place | None = None
