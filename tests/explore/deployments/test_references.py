"""Which references may be given to a new deployment, before anybody is asked."""

from __future__ import annotations

import pytest

from kitcn_repl.errors import UsageError
from kitcn_repl.explore.deployments.references import (
    NewReference,
    parse_new_reference,
    reference_of_branch,
    reference_problem,
)
from tests.support.control_plane.access import Refusal
from tests.support.control_plane.management import _check_reference

GOOD = ["abc", "staging", "dev/james/feature", "pr-1", "a" * 100, "123", "-/-", "word-word-123x", "local", "locals"]
BAD = [
    "ab", "a" * 101, "Staging", "a b c", "dev_x", "naïve", "a.b", "dev", "prod", "cloud", "default", "name", "new",
    "existing", "deployment", "preview", "local-chess", "happy-otter-123", "abc\n", "abc\x1b",
]  # fmt: skip


@pytest.mark.parametrize("text", GOOD)
def test_good_ones(text: str) -> None:
    assert parse_new_reference(text) == NewReference(text)
    assert parse_new_reference(f"acme:chess:{text}") == NewReference(text, "acme", "chess")


@pytest.mark.parametrize("text", BAD)
def test_bad_ones_are_told_why_in_one_line(text: str) -> None:
    with pytest.raises(UsageError, match=r"cannot be a reference: .+\.$") as problem:
        parse_new_reference(text)
    assert "\n" not in problem.value.message
    with pytest.raises(UsageError):
        parse_new_reference(f"acme:chess:{text}")


@pytest.mark.parametrize("text", [*GOOD, *BAD])
def test_the_service_has_the_same_rules(text: str) -> None:
    if text == "local":
        return
    try:
        _check_reference(text)
    except Refusal:
        assert reference_problem(text) is not None
    else:
        assert reference_problem(text) is None


@pytest.mark.parametrize("text", ["", "chess:staging", "a:b:c:d", "::", "acme:chess:", ":chess:staging"])
def test_other_forms_are_explained(text: str) -> None:
    with pytest.raises(UsageError, match="TEAM:"):
        parse_new_reference(text)


def test_a_key_is_never_repeated() -> None:
    with pytest.raises(UsageError) as problem:
        parse_new_reference("dev:happy-otter-123|ey-secret=")
    assert "secret" not in str(problem.value)


@pytest.mark.parametrize(
    ("branch", "type_", "reference"),
    [
        ("my-feature", "dev", "dev/my-feature"),
        ("Feature/JIRA_12  x", "preview", "preview/eature/-12-x"),
        ("james/try", "dev", "dev/james/try"),
        ("main", "dev", None),
        ("master", "preview", None),
        ("HEAD", "dev", None),
        ("", "dev", None),
        (None, "dev", None),
        ("___", "dev", None),
        ("x" * 100, "dev", None),
        ("my-feature", "prod", None),
    ],
)
def test_a_branch_suggests_one(branch: str | None, type_: str, reference: str | None) -> None:
    assert reference_of_branch(branch, type_) == reference
