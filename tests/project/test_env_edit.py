"""Setting a variable in an env file's text: one assignment is left, and everything else is as it was."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitcn_repl.project.env_edit import with_variable
from kitcn_repl.project.env_files import parse_env_file

NAME, NEW, COMMENT = "CONVEX_DEPLOYMENT", "dev:new", "team: acme, project: chess"
HEADING = "# Deployment used by `npx convex dev`"
SET = f"{NAME}={NEW} # {COMMENT}"


def changed(text: str | None) -> str | None:
    return with_variable(text, NAME, NEW, comment=COMMENT, heading=HEADING)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, f"{HEADING}\n{SET}\n"),
        ("", f"\n\n{HEADING}\n{SET}\n"),
        ("A=1\n", f"A=1\n\n{HEADING}\n{SET}\n"),
        ("A=1", f"A=1\n\n{HEADING}\n{SET}\n"),
        ("A=1\r\n", f"A=1\r\n\r\n{HEADING}\r\n{SET}\r\n"),
        ("A=1\r\nB=2", f"A=1\r\nB=2\r\n\r\n{HEADING}\r\n{SET}\r\n"),
        (f"A=1\n{NAME}=dev:old\nB=2\n", f"A=1\n{SET}\nB=2\n"),
        (f"{NAME}=dev:old", SET),
        (f"{NAME}=\nB=2\n", f"{SET}\nB=2\n"),
        (f"A=1\r\n{NAME}=dev:old\r\nB=2\r\n", f"A=1\r\n{SET}\r\nB=2\r\n"),
        (f"export {NAME}='dev:old'\n", f"export {SET}\n"),
        (f"  {NAME} = dev:old\n", f"  {SET}\n"),
        (f"{NAME}: dev:old\n", f"{SET}\n"),
        (f"{NAME}=dev:old # team: umbrella, project: go\n", f"{SET}\n"),
        (f"{NAME}=dev:old # mine\n", f"{SET}; mine\n"),
        (f"{SET}; mine\n".replace(NEW, "dev:old"), f"{SET}; mine\n"),
        (f"{NAME}_TOKEN=t\n{NAME}=dev:old\n", f"{NAME}_TOKEN=t\n{SET}\n"),
        (f"#{NAME}=dev:no\n# {NAME}=dev:no\n{NAME}=dev:old\n", f"#{NAME}=dev:no\n# {NAME}=dev:no\n{SET}\n"),
        (f"#{NAME}=dev:no\n", f"#{NAME}=dev:no\n\n{HEADING}\n{SET}\n"),
        (f"MY_{NAME}=x\n", f"MY_{NAME}=x\n\n{HEADING}\n{SET}\n"),
        (f'X="\n{NAME}=inside\n"\n{NAME}=dev:old\n', f'X="\n{NAME}=inside\n"\n{SET}\n'),
        (f'{NAME}="dev:\nold" # mine\nB=2\n', f"{SET}; mine\nB=2\n"),
        (f"A=1\n{NAME}=a\n# why\n{NAME}=b\nB=2\n{NAME}=c", f"A=1\n{SET}\n# why\nB=2\n"),
        (f"{NAME}=a\n{NAME}={NEW}\n", f"{SET}\n"),
        (f"{NAME}={NEW}\n{NAME}=a\n", f"{SET}\n"),
        (f"\ufeff{NAME}=dev:old\n", f"\ufeff{SET}\n"),
        (f"\n\n{NAME}=dev:old\n\n\n", f"\n\n{SET}\n\n\n"),
        (f"A=caf\udce9\n{NAME}=dev:old\n", f"A=caf\udce9\n{SET}\n"),
        (f"A=1\r{NAME}=dev:old\rB=2\r", f"A=1\r{SET}\rB=2\r"),
    ],
)
def test_one_assignment_is_left_and_all_else_stays(before: str | None, after: str) -> None:
    assert changed(before) == after


@pytest.mark.parametrize("text", [f"{NAME}={NEW}\n", f"A=1\nexport {NAME}='{NEW}' # mine", f"{SET}\r\n"])
def test_what_is_set_already_is_left_alone(text: str) -> None:
    assert changed(text) is None


def test_a_comment_of_ones_own_stays_behind_a_value_without_one() -> None:
    assert with_variable("CONVEX_URL=a # dev\n", "CONVEX_URL", "b") == "CONVEX_URL=b # dev\n"


LINES = st.sampled_from(
    [
        "", "# a comment", "A=1", "export B = 'two words'", f"{NAME}=dev:old", f"{NAME}='q' # note",
        f"{NAME}_TOKEN=t|k",
        f"export {NAME}=x", f"{NAME}: y", "M='first", "last'", 'D="x', '"', "not an assignment", f"#{NAME}=z",
        "É=é",
    ]
)  # fmt: skip


@given(st.lists(LINES), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_other_variables_never_change(lines: list[str], end: str, ends: bool) -> None:
    text = end.join(lines) + (end if ends and lines else "")
    after = changed(text)
    before = parse_env_file(text)
    again = parse_env_file(text if after is None else after)
    assert again == {**before, NAME: NEW}
    if after is not None:
        assert changed(after) is None
        kept = [line for line in lines if NAME not in line]
        found = iter(re.split("\r?\n", after))
        assert all(line in found for line in kept), "a line is gone or has moved"
