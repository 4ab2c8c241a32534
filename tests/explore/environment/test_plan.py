"""What would change, and whether it may."""

from __future__ import annotations

import pytest

from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.environment.dotenv import read_dotenv_text
from kitcn_repl.explore.environment.plan import Change, plan_removing, plan_setting
from kitcn_repl.explore.environment.rules import LARGEST_TOTAL, check_name, check_plan


def test_setting() -> None:
    plan = plan_setting({"A": "1", "B": "2", "Z": "z"}, {"B": "3", "C": "", "A": "1"})
    assert [(change.name, change.kind) for change in plan.changes] == [("B", "changed"), ("C", "added"), ("A", "same")]
    assert list(plan.sent.items()) == [("C", ""), ("B", "3")]
    assert plan.after == {"A": "1", "B": "3", "C": "", "Z": "z"}


def test_removing() -> None:
    plan = plan_removing({"A": "1", "B": ""}, ["B", "X", "B"])
    assert [(change.name, change.kind) for change in plan.changes] == [("B", "removed"), ("X", "same")]
    assert plan.sent == {"B": None}
    assert plan.after == {"A": "1"}


def test_without_knowing_what_is_there_everything_is_sent() -> None:
    assert plan_setting(None, {"A": "1"}).sent == {"A": "1"}
    assert plan_removing(None, ["A"]).sent == {"A": None}


def test_no_repr_shows_a_value() -> None:
    plan = plan_setting({"A": "planted-before"}, {"A": "planted-after"})
    text = f"{plan!r} {plan} {Change('A', 'planted', 'planted')!r} {read_dotenv_text('A=planted')!r}"
    assert "A" in text
    assert "planted" not in text


@pytest.mark.parametrize("name", ["A", "_", "_a1", "a" * 256])
def test_good_names(name: str) -> None:
    check_name(name)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("", "needs a name"),
        ("1A", "'1A' cannot be the name"),
        ("A-B", "cannot be the name"),
        ("A.B", "cannot be the name"),
        ("A\n", "cannot be the name"),
        ("Ä", "cannot be the name"),
        ("A" * 257, "257 of at most 256 bytes"),
        ("CONVEX_SITE_URL", "CONVEX_SITE_URL is built in"),
    ],
)
def test_bad_names(name: str, says: str) -> None:
    with pytest.raises(KitcnError, match=says):
        check_name(name)
    with pytest.raises(KitcnError, match=says):
        check_plan(plan_setting({}, {"FINE": "x", name: "x"}))


def test_a_value_that_stands_for_a_name_is_not_repeated() -> None:
    with pytest.raises(KitcnError) as failure:
        check_name("A B=planted")
    assert "planted" not in str(failure.value)


@pytest.mark.parametrize(
    ("value", "says"),
    [("x" * 8193, "8,193 of at most 8,192 bytes"), ("ü" * 4097, "8,194 of at most"), ("\ud800", "not UTF-8")],
)
def test_bad_values(value: str, says: str) -> None:
    with pytest.raises(KitcnError, match=f"The value of A .*{says}") as failure:
        check_plan(plan_setting({}, {"A": value}))
    assert value not in str(failure.value)
    check_plan(plan_setting({"A": value}, {"B": "x"}))


def test_the_whole_is_limited_for_deployments() -> None:
    full = {f"V{number}": "x" for number in range(512)}
    check_plan(plan_setting(full, {"V1": "y"}))
    one_more = plan_setting(full, {"ONE_MORE": "x"})
    with pytest.raises(KitcnError, match="513 variables"):
        check_plan(one_more)
    check_plan(one_more, is_deployment=False)
    check_plan(plan_setting(None, {"A": "x"}))


def test_the_total_size_is_limited() -> None:
    large = {f"V{number:02}": "x" * 8000 for number in range(65)}
    left = LARGEST_TOTAL - sum(len(name) + len(value) for name, value in large.items())
    check_plan(plan_setting(large, {"LAST": "x" * (left - 4)}))
    with pytest.raises(KitcnError, match="524,289 bytes"):
        check_plan(plan_setting(large, {"LAST": "x" * (left - 3)}))


def test_what_says_which_deployment_is_used_is_left_out() -> None:
    found = read_dotenv_text("CONVEX_DEPLOYMENT=dev:x # team\nVITE_CONVEX_URL=u\nA='1 # 2'\nconvex_url=kept\n")
    assert found.variables == {"A": "1 # 2", "convex_url": "kept"}
    assert found.left_out == ("CONVEX_DEPLOYMENT", "VITE_CONVEX_URL")
