"""Relations as Mermaid and as DOT: nothing that a name holds gets out of its quotes."""

from __future__ import annotations

import re

import pytest

from kitcn_repl.render.dot import dot
from kitcn_repl.render.mermaid import mermaid
from kitcn_repl.schema.model import Edge, Evidence, Through

OWNER = Edge(
    "project", "owner", "one", "user", ("ownerId",), ("_id",), ("relation",), inverse="projects", optional=False
)
PROJECTS = Edge("user", "projects", "many", "project", ("_id",), ("ownerId",), ("relation",), inverse="owner")
GUESSED = Edge(
    "note", "authorId", "one", "user", ("authorId",), ("_id",), ("data",), evidence=Evidence(45, 66), optional=True
)
TEAMS = Edge(
    "user",
    "teams",
    "many",
    "team",
    ("_id",),
    ("_id",),
    ("relation",),
    through=Through("member", ("userId",), ("teamId",)),
)
SELF = Edge("user", "manager", "one", "user", ("managerId",), ("_id",), ("relation",), inverse="manager")
EDGES = [PROJECTS, OWNER, GUESSED, TEAMS, SELF]
TABLES = ["user", "project", "note", "team", "alone"]

HOSTILE = [
    'a"b', "a\\", "a\nb", "a]b[", "}; graph", "%%{init: {}}%%", "<b>x</b>", "a;b--c", "#quot;", "\x1b[31m", "日本", "",
    "end", "style", "u", "one", "graph", "a:b", "a|b{c", "&lt;", "\u202e", "\\N", "click", "`", "title",
]  # fmt: skip


def test_a_relation_and_its_inverse_are_one_line_in_mermaid() -> None:
    assert mermaid(EDGES, TABLES).splitlines() == [
        "erDiagram",
        "    user {",
        "        id managerId FK",
        "    }",
        "    project {",
        "        id ownerId FK",
        "    }",
        "    note {",
        "        id authorId FK",
        "    }",
        "    team",
        "    alone",
        '    user ||--o{ project : "projects ⇄ owner"',
        '    note }o--o| user : "authorId"',
        '    user }o--o{ team : "teams (member)"',
        '    user }o--o| user : "manager"',
    ]


def test_dot_has_heads_for_both_ways_and_dashes_for_guesses() -> None:
    lines = dot(EDGES, TABLES).splitlines()
    assert lines[0] == "digraph kitcn {"
    assert lines[-1] == "}"
    assert [line.strip() for line in lines if "->" in line] == [
        '"user" -> "project" [label="projects ⇄ owner", arrowhead="crow", dir="both", arrowtail="normal"];',
        '"note" -> "user" [label="authorId", arrowhead="normal", style="dashed"];',
        '"user" -> "team" [label="teams (member)", arrowhead="crow"];',
        '"user" -> "user" [label="manager", arrowhead="normal"];',
    ]
    assert '    "alone" [label="alone"];' in lines


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_hostile_names_stay_inside_their_quotes(number: int) -> None:
    name = HOSTILE[number]
    edge = Edge(name, name, "one", name + "2", (name,), ("_id",), ("relation",), Through(name, (name,), (name,)), name)
    quiet = Edge("a", "a", "one", "a2", ("a",), ("_id",), ("relation",), Through("a", ("a",), ("a",)), "a")
    drawn, plain = mermaid([edge], [name, name + "2"]), mermaid([quiet], ["a", "a2"])
    entity = r'(?:[A-Za-z]\w*|"[^"%\\\n]+")'
    shapes = [
        r"erDiagram",
        rf" +{entity}(?: \{{)?",
        r" +id [\w-]+ FK",
        r" +\}",
        rf" +{entity} \S+--\S+ {entity} : \"[^\"\n]*\"",
    ]
    assert all(any(re.fullmatch(shape, line) for shape in shapes) for line in drawn.splitlines())
    assert len(drawn.splitlines()) in (len(plain.splitlines()), len(plain.splitlines()) - 2)
    text = dot([edge], [name, name + "2"])
    assert len(text.splitlines()) == len(dot([quiet], ["a", "a2"]).splitlines())
    quoted = r'"(?:[^"\\]|\\.)*"'
    for line in text.splitlines()[4:-1]:
        assert re.fullmatch(rf" +{quoted}(?: -> {quoted})? \[(?:\w+={quoted}(?:, )?)+\];", line)
    assert "\x1b" not in drawn + text
    assert "\u202e" not in drawn + text
