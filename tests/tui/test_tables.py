"""What the sidebar lists, and the colours of tables."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from kitcn_tui.shell.tables import GroupEntry, TableEntry, entries, owners_by_name
from kitcn_tui.themes.ours import TABLE_COLOURS
from kitcn_tui.widgets.colours import give_colours, table_colour, table_variable

from kitcn_repl.deployment.models import TableInfo

NAMES = ["account", "aggregate_bucket", "migration_run", "project", "ratelimitState", "session", "task", "user"]
TABLES = [TableInfo(name, number * 10) for number, name in enumerate(NAMES)]
OWNERS = owners_by_name(NAMES)


def listed(unfolded: set[str], pattern: str = "") -> list[str]:
    return [
        entry.name if isinstance(entry, TableEntry) else f"{entry.name} ({entry.tables})"
        for entry in entries(TABLES, OWNERS, unfolded, pattern)
    ]


def test_what_others_brought_is_folded() -> None:
    assert listed(set()) == ["project", "task", "auth (3)", "plugins (1)", "kitcn (2)"]


def test_a_group_unfolds_below_its_heading() -> None:
    assert listed({"kitcn"})[-3:] == ["kitcn (2)", "aggregate_bucket", "migration_run"]
    assert GroupEntry("kitcn", 2, True) in entries(TABLES, OWNERS, {"kitcn"})


def test_the_current_table_is_listed_below_its_folded_group() -> None:
    names = [entry.name for entry in entries(TABLES, OWNERS, set(), current="session")]
    assert names == ["project", "task", "auth", "session", "plugins", "kitcn"]


def test_a_pattern_finds_folded_tables_too_the_best_first() -> None:
    assert listed(set(), "us") == ["user"]
    assert listed(set(), "mr") == ["migration_run"]
    assert listed(set(), "nothing") == []
    (found,) = entries(TABLES, OWNERS, set(), "mr")
    assert isinstance(found, TableEntry)
    assert [found.name[at] for at in found.matches] == ["m", "r"]


def test_without_better_auth_a_user_table_is_the_apps_own() -> None:
    assert owners_by_name(["user", "task"]) == {"user": "own", "task": "own"}


@given(st.sets(st.text(max_size=20), max_size=TABLE_COLOURS))
def test_tables_have_colours_of_their_own_while_there_are_enough(names: set[str]) -> None:
    give_colours(names)
    given = {name: table_variable(name) for name in names}
    assert len(set(given.values())) == len(names)
    give_colours(sorted(names, reverse=True))
    assert {name: table_variable(name) for name in names} == given, "the same in every run"


@given(st.text())
def test_any_table_has_a_colour(name: str) -> None:
    give_colours([])
    colour = table_colour(name)
    assert len(colour) == 7
    int(colour[1:], 16)
