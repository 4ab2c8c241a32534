"""kitcn's rules for relations. Each expectation is what kitcn 0.27.3 answered to the same declarations."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitcn_repl.schema.model import Cardinality, Place, Relation, Through
from kitcn_repl.schema.relations import ColumnReference, Declaration, resolve

PLACE = Place("schema.ts", 1)
COLUMNS = {
    "user": ("bestPostId", "name"),
    "post": ("authorId", "editorId", "title"),
    "tag": ("postId", "parentId"),
    "link": ("postId", "tagId", "userId"),
}


def column(text: str) -> ColumnReference:
    """`post.authorId`, `post.authorId!` for one that is required, `user.id>link.userId` through a junction."""
    own, _, junction = text.partition(">")
    table, _, name = own.removesuffix("!").partition(".")
    internal = {"id": "_id", "createdAt": "_creationTime"}
    required = own.endswith("!") or name in internal
    return ColumnReference(table, internal.get(name, name), required, column(junction) if junction else None)


def declared(
    name: str,
    cardinality: Cardinality,
    target: str,
    from_: str | None = None,
    to: str | None = None,
    *,
    alias: str | None = None,
    optional: bool = True,
    where: str | None = None,
    known: bool = True,
) -> Declaration:
    source, _, relation = name.partition(".")
    sides = [None if side is None else tuple(column(each) for each in side.split()) for side in (from_, to)]
    return Declaration(
        source, relation, cardinality, target, PLACE, sides[0], sides[1], alias, optional, where, is_known=known
    )


def resolved(*declarations: Declaration, is_old: bool = False) -> tuple[list[Relation], list[str]]:
    told: list[str] = []
    columns = {table: {*names, "id", "createdAt"} for table, names in COLUMNS.items()}
    return list(resolve(columns, declarations, lambda text, place: told.append(text), is_old=is_old)), told


def relations(*declarations: Declaration) -> list[Relation]:
    found, told = resolved(*declarations)
    assert told == []
    return found


def inverses(found: Sequence[Relation]) -> dict[str, str | None]:
    return {f"{relation.source}.{relation.name}": relation.inverse for relation in found}


AUTHOR = declared("post.author", "one", "user", "post.authorId!", "user.id")
EDITOR = declared("post.editor", "one", "user", "post.editorId", "user.id", alias="edited")


def test_declared_and_inferred() -> None:
    assert relations(AUTHOR, declared("user.posts", "many", "post")) == [
        Relation(
            "user", "posts", "many", "post", ("_id",), ("authorId",), inverse="author", inferred=True, place=PLACE
        ),
        Relation("post", "author", "one", "user", ("authorId",), ("_id",), inverse="posts", place=PLACE),
    ]


def test_the_order_is_that_of_the_tables_then_of_the_declarations() -> None:
    found = relations(EDITOR, AUTHOR, declared("user.posts", "many", "post", "user.id", "post.authorId"))
    assert [relation.name for relation in found] == ["posts", "editor", "author"]


def test_inference_by_alias() -> None:
    found = relations(
        declared("user.edited", "many", "post", alias="edited"), declared("user.posts", "many", "post"), AUTHOR, EDITOR
    )
    assert [(relation.name, relation.to_fields) for relation in found[:2]] == [
        ("edited", ("editorId",)),
        ("posts", ("authorId",)),
    ]
    assert inverses(found) == {
        "user.edited": "editor",
        "user.posts": "author",
        "post.author": "posts",
        "post.editor": "edited",
    }


def test_inference_turns_through_and_takes_over_where() -> None:
    found = relations(
        declared("post.tags", "many", "tag", "post.id>link.postId", "tag.id>link.tagId", where="{ a: 1 }"),
        declared("tag.posts", "many", "post"),
    )
    assert [(relation.through, relation.where, relation.inverse) for relation in found] == [
        (Through("link", ("postId",), ("tagId",)), "{ a: 1 }", "posts"),
        (Through("link", ("tagId",), ("postId",)), "{ a: 1 }", "tags"),
    ]
    assert [(relation.from_fields, relation.to_fields) for relation in found] == [(("_id",), ("_id",))] * 2


def test_a_where_of_its_own_stays() -> None:
    found = relations(
        declared("post.author", "one", "user", "post.authorId", "user.id", where="theirs"),
        declared("user.posts", "many", "post", where="ours"),
    )
    assert [relation.where for relation in found] == ["ours", "theirs"]


def test_optional_is_of_one_only() -> None:
    found = relations(
        declared("post.author", "one", "user", "post.authorId", "user.id", optional=False),
        declared("user.posts", "many", "post", optional=False),
    )
    assert [relation.optional for relation in found] == [True, False]


def test_an_alias_may_be_the_name_of_the_inverse() -> None:
    found = relations(EDITOR, declared("user.edited", "many", "post", "user.id", "post.editorId"))
    assert inverses(found) == {"post.editor": "edited", "user.edited": "editor"}


def test_a_later_relation_takes_the_inverse_of_an_earlier_one() -> None:
    found = relations(
        declared("user.best", "one", "post", "user.bestPostId", "post.id"),
        declared("user.second", "one", "post", "user.bestPostId", "post.id", alias="author"),
        AUTHOR,
    )
    assert inverses(found) == {"user.best": "author", "user.second": "author", "post.author": "second"}


def test_relations_of_a_table_to_itself() -> None:
    found = relations(
        declared("tag.parent", "one", "tag", "tag.parentId", "tag.id", alias="tree"),
        declared("tag.children", "many", "tag", alias="tree"),
    )
    assert inverses(found) == {"tag.parent": "children", "tag.children": "parent"}
    assert [(relation.from_fields, relation.to_fields) for relation in found] == [
        (("parentId",), ("_id",)),
        (("_id",), ("parentId",)),
    ]


def test_several_columns() -> None:
    found = relations(declared("link.same", "one", "link", "link.postId link.tagId", "link.id link.createdAt"))
    assert (found[0].from_fields, found[0].to_fields) == (("postId", "tagId"), ("_id", "_creationTime"))


PREFIX = "relations -> post: { x: r.one.user(...) }: "
REFUSED = {
    "a column's name": (
        [declared("post.title", "one", "user", "post.authorId", "user.id")],
        'relations -> post: { title: r.one.user(...) }: relation name collides with column "title" of table "post"',
    ),
    "id": (
        [declared("post.id", "many", "user", "post.id", "user.id")],
        'relations -> post: { id: r.many.user(...) }: relation name collides with column "id" of table "post"',
    ),
    "an empty alias": (
        [declared("post.x", "one", "user", "post.authorId", "user.id", alias="")],
        f'{PREFIX}"alias" cannot be empty',
    ),
    "empty from": ([declared("post.x", "one", "user", "", "user.id")], f'{PREFIX}"from" cannot be empty'),
    "empty to": ([declared("post.x", "one", "user", "post.authorId", "")], f'{PREFIX}"to" cannot be empty'),
    "lengths": (
        [declared("post.x", "one", "user", "post.authorId post.editorId", "user.id")],
        f'{PREFIX}"from" and "to" must have same length',
    ),
    "from another table": (
        [declared("post.x", "one", "user", "tag.postId", "user.id")],
        f'{PREFIX}all "from" columns must belong to table "post", found "tag"',
    ),
    "to another table": (
        [declared("post.x", "one", "user", "post.authorId", "tag.id")],
        f'{PREFIX}all "to" columns must belong to table "user", found "tag"',
    ),
    "through on one side": (
        [declared("post.x", "one", "user", "post.id>link.postId", "user.id")],
        f'{PREFIX}.through() must be used on all columns in "from" and "to" or none',
    ),
    "through two tables": (
        [declared("post.x", "one", "user", "post.id>link.postId", "user.id>tag.postId")],
        f"{PREFIX}.through() must use same table for all columns",
    ),
    "only from": (
        [declared("post.x", "one", "user", "post.authorId")],
        f'{PREFIX}relation must have both "from" and "to" or none',
    ),
    "only to": (
        [declared("post.x", "one", "user", None, "user.id")],
        f'{PREFIX}relation must have both "from" and "to" or none',
    ),
    "no table": (
        [declared("post.x", "one", "gone")],
        'relations -> post: { x: r.one.gone(...) }: missing "from"/"to" and no reverse relation found for "gone"',
    ),
    "no reverse": (
        [declared("post.x", "one", "user")],
        f'{PREFIX}no reverse relation between "user" and "post"',
    ),
    "no reverse of the alias": (
        [
            declared("post.x", "one", "user", alias="a"),
            declared("user.posts", "many", "post", "user.id", "post.authorId"),
        ],
        f'{PREFIX}no reverse relation with alias "a" found in "user"',
    ),
    "several reverses": (
        [
            declared("post.x", "one", "user"),
            declared("user.a", "many", "post", "user.id", "post.authorId"),
            declared("user.b", "many", "post", "user.id", "post.editorId"),
        ],
        f'{PREFIX}multiple relations between "user" and "post"; use alias',
    ),
    "several reverses of the alias": (
        [
            declared("post.x", "one", "user", alias="a"),
            declared("user.a", "many", "post", "user.id", "post.authorId", alias="a"),
            declared("user.b", "many", "post", "user.id", "post.editorId", alias="a"),
        ],
        f'{PREFIX}multiple reverse relations with alias "a" found',
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_kitcn_refuses(case: str) -> None:
    """The others are there all the same."""
    declarations, message = REFUSED[case]
    good = declared("tag.post", "one", "post", "tag.postId", "post.id")
    found, told = resolved(*declarations, good)
    assert told == [message]
    assert [relation.name for relation in found if relation.source == "tag"] == ["post"]
    assert declarations[0].name not in [relation.name for relation in found if relation.source == "post"]


def test_both_without_columns() -> None:
    found, told = resolved(declared("post.x", "one", "user"), declared("user.xs", "many", "post"))
    assert found == []
    assert told == [
        'relations -> user: { xs: r.many.post(...) }: reverse relation "post.x" missing "from"/"to"',
        'relations -> post: { x: r.one.user(...) }: reverse relation "user.xs" missing "from"/"to"',
    ]


def test_several_inverses() -> None:
    """kitcn refuses the schema; the relations are clear even so, only not which is whose inverse."""
    found, told = resolved(
        declared("user.posts", "many", "post", "user.id", "post.authorId"),
        AUTHOR,
        declared("post.editor", "one", "user", "post.editorId", "user.id"),
    )
    assert told[0] == 'Multiple relations found from "post" to "user". Add alias to disambiguate.'
    assert [relation.name for relation in found] == ["posts", "author", "editor"]


def test_many_to_many_with_another_junction() -> None:
    found, told = resolved(
        declared("post.tags", "many", "tag", "post.id>link.postId", "tag.id>link.tagId"),
        declared("tag.posts", "many", "post", "tag.id>link.userId", "post.id>link.postId"),
    )
    assert told[0] == (
        "Invalid many-to-many inverse: post.tags <-> tag.posts. Many-to-many inverses must both use .through() with "
        "the same junction table and swapped junction columns."
    )
    assert [relation.inverse for relation in found] == [None, None]


CYCLE = (
    "Circular dependency detected in required one() relations. "
    "Make at least one foreign key nullable (omit .notNull()) to break the cycle."
)


@pytest.mark.parametrize(
    ("required", "told"),
    [("!", [CYCLE]), ("", [])],
)
def test_circles_of_required_relations(required: str, told: list[str]) -> None:
    found, messages = resolved(
        AUTHOR, declared("user.best", "one", "post", f"user.bestPostId{required}", "post.id", alias="best")
    )
    assert messages == told
    assert len(found) == 2


def test_a_required_relation_to_the_own_table_is_a_circle() -> None:
    _, told = resolved(declared("tag.parent", "one", "tag", "tag.parentId!", "tag.id"))
    assert told == [CYCLE]


def test_what_is_not_known_is_left_out_and_blames_nobody() -> None:
    found, told = resolved(
        declared("post.author", "one", "user", known=False), declared("user.posts", "many", "post"), EDITOR
    )
    assert told == []
    assert [relation.name for relation in found] == ["editor"]


def test_declarations_for_tables_that_are_not_registered_are_ignored() -> None:
    found, told = resolved(AUTHOR, declared("gone.x", "one", "user", "gone.id", "user.id"))
    assert told == []
    assert [relation.name for relation in found] == ["author"]


def test_better_convex_takes_aliases_alone() -> None:
    declarations = (
        declared("user.tags", "many", "tag", "user.id", "tag.postId", alias="x"),
        declared("tag.post", "one", "post", "tag.postId", "post.id", alias="x"),
    )
    now, _ = resolved(*declarations)
    before, _ = resolved(*declarations, is_old=True)
    assert inverses(now) == {"user.tags": None, "tag.post": None}
    assert inverses(before) == {"user.tags": "post", "tag.post": "tags"}


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd")), max_size=12))
def test_a_circle_is_told_exactly_if_there_is_one(steps: list[tuple[str, str]]) -> None:
    declarations = [
        Declaration(
            source,
            f"r{at}",
            "one",
            target,
            PLACE,
            (ColumnReference(source, "x", True),),
            (ColumnReference(target, "_id", True),),
            alias=str(at),
        )
        for at, (source, target) in enumerate(steps)
    ]
    told: list[str] = []
    resolve(dict.fromkeys("abcd", ("x",)), declarations, lambda text, place: told.append(text))
    reached = {(source, target) for source, target in steps}
    for middle in "abcd":
        reached |= {(a, d) for a in "abcd" for d in "abcd" if (a, middle) in reached and (middle, d) in reached}
    assert (CYCLE in told) == any((table, table) in reached for table in "abcd")
