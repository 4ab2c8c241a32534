"""The table of rules is complete, and every rule is tested."""

from __future__ import annotations

import re
from pathlib import Path

from kitcn_repl.explore.doctor.model import LEVELS
from kitcn_repl.explore.doctor.rules import RULES


def test_rules_say_what_why_and_where_to_read_on() -> None:
    for name, rule in RULES.items():
        assert name == rule.id
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name)
        assert rule.level in LEVELS
        assert rule.title[0].isalpha()
        assert not rule.title.endswith(".")
        assert rule.why.endswith(".")
        assert rule.docs.startswith(("https://kitcn.dev/docs", "https://docs.convex.dev"))


def test_every_rule_is_tested() -> None:
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*_rules.py"))
    assert [name for name in RULES if f'"{name}"' not in tests] == []
