"""The lines at the top and at the bottom, as they are cut to the width there is."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from kitcn_tui.shell import bar, footer, tab_bar
from kitcn_tui.shell.bar import Connection
from kitcn_tui.shell.footer import Key
from kitcn_tui.widgets.clickable import joined

from kitcn_repl.targets.target import Target

DEV = Target("live", "happy-otter-123", "CONVEX_DEPLOYMENT in .env.local", deployment_type="dev")
PROD = Target("live", "happy-otter-123", "--prod", deployment_type="prod")


def shown(width: int, target: Target | None, *trail: str, component: str = "", **state: object) -> str:
    connection = Connection(**state)  # type: ignore[arg-type]
    return joined(bar.line(width, target, component, trail, connection)).plain


def test_who_why_and_where() -> None:
    text = shown(90, DEV, "user", "user a1b2c3…", state="good")
    assert text.startswith(" dev  happy-otter-123  CONVEX_DEPLOYMENT in .env.local ")
    assert text.endswith("user › user a1b2c3…  ●")
    assert len(text) == 90


def test_prod_is_a_word_in_capitals() -> None:
    assert " PROD  happy-otter-123" in shown(60, PROD, "user")


def test_why_goes_first_then_old_steps_then_the_rest() -> None:
    assert "env.local" not in shown(60, DEV, "user", "session")
    assert shown(42, DEV, "user", "session a1b2…").endswith("… › session a1b2…")
    assert shown(30, DEV, "a-table-with-a-long-name").endswith("…")


def test_other_kinds() -> None:
    assert shown(60, Target("live", "127.0.0.1:3210", "--url")).startswith(" self-hosted  127.0.0.1:3210")
    assert shown(60, Target("demo", "demo", "--demo")).startswith(" demo   --demo")
    snapshot = Target("snapshot", "backup.zip", "--snapshot", path=Path("backup.zip"))
    assert shown(60, snapshot, component="mailer").startswith(" snapshot  backup.zip / mailer")
    assert shown(20, None).startswith("kitcn")


def test_a_deployment_that_is_away_is_told_of() -> None:
    message = "not reached, retrying in 4 s"
    assert shown(80, DEV, "user", state="lost", message=message).endswith(f"✕ {message}")
    assert shown(80, DEV, "user", state="asking", message="connecting").endswith("◌ connecting")


@given(
    st.integers(1, 200),
    st.lists(st.text(max_size=300), max_size=9),
    st.text(max_size=300),
    st.sampled_from(["none", "asking", "good", "lost"]),
)
def test_no_name_breaks_the_line(width: int, trail: list[str], name: str, state: str) -> None:
    target = Target("live", name, name, deployment_type=name or None)
    text = joined(bar.line(width, target, name, trail, Connection(state, "message")))  # type: ignore[arg-type]
    assert "\n" not in text.plain
    assert "\x1b" not in text.plain


def test_tabs_at_every_width() -> None:
    for width in range(200):
        content = joined(tab_bar.line(width, "data"))
        assert content.cell_length <= max(width, 27)
        for digit in "123456789":
            assert digit in content.plain
    assert " 2 Document  3 Schema  4 Relations " in joined(tab_bar.line(118, "data")).plain
    assert joined(tab_bar.line(78, "relations")).plain == (
        " 1 Data  2 Doc  3 Schema  4 Rels  5 Query  6 Funcs  7 Insights  8 Env  9 Logs "
    )
    assert joined(tab_bar.line(60, "data")).plain.startswith(" 1 Da  2 Do  3 Sc ")


def test_keys_of_the_view_come_first_and_only_whole_ones() -> None:
    keys = [Key("?", "Help", "help", True), Key("/", "Filter", "filter", False), Key("y", "Copy", "copy", False)]
    assert joined(footer.line(80, keys)).plain == "/ Filter  y Copy  ? Help"
    assert joined(footer.line(20, keys)).plain == "/ Filter  y Copy"
    assert joined(footer.line(3, keys)).plain == ""
