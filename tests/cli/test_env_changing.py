"""`kitcn env set` and `kitcn env remove`, and what `list` and `get` say of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.at_work import DEV, PREVIEW, PROD, AtWork, at_work
from tests.cli.console import Console

ON_DEV = f" (on dev deployment {DEV})"
ANNOUNCED = f"dev · {DEV} (CONVEX_DEPLOYMENT in .env.local)"


@pytest.fixture
def work(tmp_path: Path) -> Iterator[AtWork]:
    with at_work(tmp_path) as work:
        yield work


def test_one_variable(work: AtWork) -> None:
    outcome = work("env", "set", "A", "two words")
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.lines == [ANNOUNCED, "  + A  new", f"✔ Successfully set A{ON_DEV}"]
    assert work.variables() == {"A": "two words"}
    assert work("env", "set", "A=x=y").lines[1:] == ["  ~ A  changed", f"✔ Successfully set A{ON_DEV}"]
    assert work("env", "get", "A").out == "x=y\n"
    assert work("env", "set", "A", "x=y").lines[1:] == ["  = 1 unchanged", f"A has this value already{ON_DEV}"]
    assert work.changes_sent() == [DEV, DEV]


def test_several_variables_in_one_request(work: AtWork) -> None:
    work.variables().update(B="old", C="3")
    outcome = work("env", "set", "A=1", "B=", "C=3", "_D=4")
    assert outcome.lines[1:] == [
        "  + A   new",
        "  ~ B   changed",
        "  + _D  new",
        "  = 1 unchanged",
        f"✔ Successfully set 3 environment variables (2 new, 1 updated, 1 unchanged){ON_DEV}",
    ]
    assert work.variables() == {"A": "1", "B": "", "C": "3", "_D": "4"}
    assert work.changes_sent() == [DEV]
    assert work("env", "get", "B", "A").out == "B=\nA=1\n"


@pytest.mark.parametrize("value", ["-5", "-----BEGIN KEY-----\nabc==\n-----END KEY-----", "-", "-sk_live_1", "--", "a"])
def test_values_that_look_like_options(work: AtWork, value: str) -> None:
    argv = ("env", "set", "--", "A", value) if value == "--" else ("env", "set", "A", value, "--dry-run")
    assert work(*argv).code == 0
    assert work(*(word for word in argv if word != "--dry-run")).code == 0
    assert work.variables() == {"A": value}


def test_a_value_from_stdin(work: AtWork) -> None:
    assert work("env", "set", "A", stdin="first\nlast\n\n").code == 0
    assert work.variables()["A"] == "first\nlast\n"
    empty = work("env", "set", "A", stdin="")
    assert empty.code == 1
    assert "No value came on stdin, so nothing was changed; A= sets it to nothing." in empty.err
    assert work("env", "set", "A", stdin="\n").code == 0
    assert work.variables() == {"A": ""}


def test_a_value_from_a_file_is_the_whole_file(work: AtWork) -> None:
    (work.place.folder / "key.pem").write_bytes(b"line\r\nline\n")
    outcome = work("env", "set", "A", "--from-file", "key.pem")
    assert work.variables() == {"A": "line\r\nline\n"}
    assert "The value ends with a line break, as key.pem does; kitcn env set A < FILE leaves it out." in outcome.err


def test_a_value_that_is_typed(work: AtWork) -> None:
    asked: list[str] = []

    def answer(question: str) -> str:
        asked.append(question)
        return "typed-secret"

    outcome = work("env", "set", "A", tty=True, stdin_tty=True, ask_secret=answer)
    assert (outcome.code, asked) == (0, ["Value of A (it is not shown):"])
    assert work.variables() == {"A": "typed-secret"}
    assert "typed-secret" not in outcome.out + outcome.err
    nothing = work("env", "set", "A", tty=True, stdin_tty=True, ask_secret=lambda _: "")
    assert (nothing.code, work.variables()) == (1, {"A": "typed-secret"})


def test_a_dotenv_file(work: AtWork) -> None:
    work.variables().update(SAME="s", OTHER="before")
    text = "# comment\nexport NEW='a # b'\nSAME=s\nCONVEX_DEPLOYMENT=dev:x\nVITE_CONVEX_URL=y\nNEW=twice\n"
    (work.place.folder / ".env.convex").write_text(text)
    outcome = work("env", "set", "--from-file", ".env.convex")
    assert outcome.lines[1:] == [
        "Skipping 2 CLI-managed environment variables: CONVEX_DEPLOYMENT and VITE_CONVEX_URL",
        "  + NEW  new",
        "  = 1 unchanged",
        f"✔ Successfully set 1 environment variable from .env.convex (1 new, 1 unchanged){ON_DEV}",
    ]
    assert work.variables() == {"SAME": "s", "OTHER": "before", "NEW": "twice"}
    again = work("env", "set", stdin=text)
    assert again.lines[-1] == f"All 2 environment variables from stdin already set{ON_DEV}"


def test_a_dotenv_file_overwrites_only_by_force(work: AtWork) -> None:
    work.variables().update(A="a", B="b")
    refused = work("env", "set", stdin="A=1\nB=2\nC=3\n")
    assert refused.code == 1
    assert refused.lines[-1] == (
        "Error: Environment variables A and B already exist with different values; nothing was changed."
        " Use --force to overwrite existing values."
    )
    assert work.variables() == {"A": "a", "B": "b"}
    assert work.changes_sent() == []
    forced = work("env", "set", "--from-file", "-", "--force", stdin="A=1\nB=2\nC=3\n")
    assert forced.lines[-1] == f"✔ Successfully set 3 environment variables from stdin (1 new, 2 updated){ON_DEV}"
    assert work.variables() == {"A": "1", "B": "2", "C": "3"}


def test_a_dotenv_file_with_nothing_in_it(work: AtWork) -> None:
    outcome = work("env", "set", stdin="# nothing\n")
    assert (outcome.code, outcome.lines[-1]) == (0, "No environment variables found in stdin.")


def test_moving_everything_from_one_deployment_to_another(work: AtWork) -> None:
    odd = {"A": "it's #1", "B": "two\nlines", "C": '{"a": 1}', "D": "", "E": "`x`", "F": "a=b # c"}
    work.variables().update(odd)
    listed = work("env", "list", "-q").out
    assert work("env", "set", "--deployment", "preview/pr-1", stdin=listed).code == 0
    assert work.variables(PREVIEW) == odd


def test_removing(work: AtWork) -> None:
    work.variables().update(A="1", B="2", C="3", D="4")
    assert work("env", "remove", "A").lines[1:] == ["  - A  removed", f"✔ Successfully unset A{ON_DEV}"]
    outcome = work("env", "rm", "B", "C", "B")
    assert outcome.lines[-1] == f"✔ Successfully unset 2 environment variables: B and C{ON_DEV}"
    assert work.variables() == {"D": "4"}
    assert work("env", "unset", "--from-file", "-", stdin="D=whatever\n").code == 0
    assert work.variables() == {}


def test_a_missing_variable_is_a_failure(work: AtWork) -> None:
    work.variables().update(API_HOST="1")
    for argv in (["get", "API_HOTS"], ["remove", "API_HOTS"]):
        outcome = work("env", *argv, "-q")
        assert (outcome.code, outcome.out) == (1, "")
        assert outcome.err == (f"Error: Environment variable 'API_HOTS' not found{ON_DEV}. Did you mean 'API_HOST'?\n")
    several = work("env", "remove", "API_HOST", "X", "Y", "-q")
    assert (several.code, several.err) == (1, f"Error: Environment variables X and Y not found{ON_DEV}.\n")
    assert work.variables() == {"API_HOST": "1"}
    assert work.changes_sent() == []
    assert work("env", "remove", "API_HOST", "X", "--ignore-missing").lines[1:3] == [
        "  - API_HOST  removed",
        "  = 1 not there",
    ]
    assert work("env", "remove", "X", "--ignore-missing").lines[-1] == f"There was nothing to unset{ON_DEV}"


def test_a_built_in_variable(work: AtWork) -> None:
    assert work("env", "get", "CONVEX_CLOUD_URL").out.startswith("http://127.0.0.1:")
    assert work("env", "set", "CONVEX_CLOUD_URL", "x").code == 1


def test_prod_is_changed_only_when_somebody_says_so(work: AtWork) -> None:
    work.variables(PROD).update(A="1")
    commands = (["set", "A", "2"], ["set", "B=2"], ["remove", "A"])
    for command in commands:
        refused = work("env", *command, "--prod")
        assert refused.code == 1
        assert refused.lines[-1] == (
            f"Error: Nothing was changed: prod · {PROD} is production and nobody confirmed; --yes does it without"
            " asking."
        )
        declined = work("env", *command, "--prod", "-q", tty=True, stdin_tty=True, stdin="yes\n")
        assert declined.code == 1
        assert declined.lines[0].startswith("  "), "the difference is shown to who is asked"
    assert work("env", "set", "--force", "--prod", stdin="A=2\n").code == 1
    assert work.variables(PROD) == {"A": "1"}
    assert work.changes_sent() == []

    agreed = work("env", "set", "A", "2", "--prod", tty=True, stdin_tty=True, stdin=f"{PROD}\n")
    assert agreed.code == 0
    assert f"This changes 1 variable of prod · {PROD}, which is production. Type {PROD} to go on: " in agreed.err
    assert work("env", "set", "B", "3", "--deployment", "production", "--yes").code == 0
    assert work("env", "remove", "A", "--deployment-name", PROD, "-y").code == 0
    assert work.variables(PROD) == {"B": "3"}
    assert work("env", "set", "B", "3", "--prod").code == 0, "nothing changes, so nobody is asked"


def test_a_dry_run_changes_nothing(work: AtWork) -> None:
    work.variables().update(A="1")
    for argv in (["set", "A", "2"], ["remove", "A"], ["set", "B=1", "C=2"], ["set", "A", "2", "--prod"]):
        outcome = work("env", *argv, "--dry-run", "-q")
        assert outcome.code == 0 or argv[-1] == "--prod"
        assert outcome.lines[-1] == "Nothing was changed (--dry-run)."
    assert work("env", "set", "--dry-run", "-q", stdin="A=2\n").code == 1
    assert work.changes_sent() == []


def test_values_are_in_the_difference_only_when_asked_for(work: AtWork) -> None:
    work.variables().update(A="planted-before")
    quiet = work("env", "set", "A=planted-after", "B=planted-new", "--dry-run")
    assert "planted" not in quiet.err
    shown = work("env", "set", "A=planted-after", "B=planted\x1b[2J", "--dry-run", "--show")
    assert shown.lines[1:3] == ["  ~ A  changed  planted-before → planted-after", "  + B  new      planted\\u001b[2J"]
    narrow = work("env", "set", "A=" + "x" * 100, "--dry-run", "--show", tty=True, width=40)
    assert all(len(line) <= 40 for line in narrow.lines[1:])


def test_offline_deployments_are_only_read(work: AtWork) -> None:
    for argv in (["set", "A", "1"], ["remove", "SITE_URL"]):
        outcome = Console()("env", *argv, "--demo", "-q")
        assert (outcome.code, outcome.out) == (1, "")
        assert outcome.err == "Error: demo is an offline deployment: its variables can only be read.\n"
    assert Console()("env", "set", "A", "1", "--demo", "--dry-run").code == 0


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["set", "A", "planted", "planted"], "Too many arguments"),
        (["set", "A=planted", "planted"], "Are there quotes missing around A=...?"),
        (["set", "A=planted", "A=planted"], "A is given twice"),
        (["set", "A", "planted", "--from-file", "x"], "contradict each other"),
        (["set", "A=planted", "--from-file", "x"], "contradict each other"),
        (["set", "A", "1", "--dryrun"], "Did you mean '--dry-run'?"),
        (["remove"], "Give the NAMEs"),
        (["remove", "A", "--from-file", "x"], "contradict each other"),
        (["get"], "NAME..."),
        (["sett", "A", "1"], "Did you mean 'set'?"),
        (["list", "--names-only", "--show"], "contradict each other"),
    ],
)
def test_wrong_usage(argv: list[str], says: str) -> None:
    outcome = Console()("env", *argv, "--demo")
    assert (outcome.code, outcome.out) == (2, "")
    assert len(outcome.lines) == 1
    assert says in outcome.err
    assert "planted" not in outcome.err


def test_nothing_to_set_on_a_terminal() -> None:
    outcome = Console(tty=True, stdin_tty=True)("env", "set", "--demo")
    assert outcome.code == 2
    assert "No environment variables specified to be set" in outcome.err


@pytest.mark.parametrize(
    ("argv", "stdin", "says"),
    [
        (["set", "a.b", "planted"], "", "'a.b' cannot be the name of a variable"),
        (["set", "9", "planted"], "", "'9' cannot be the name of a variable"),
        (["set", "", "planted"], "", "needs a name"),
        (["set", "A", "planted" * 2000], "", "The value of A is too large: 14,000 of at most 8,192 bytes."),
        (["set"], "a-b=planted\nGOOD=1\n", "'a-b' cannot be the name of a variable"),
        (["set", "--from-file", "nowhere"], "", "There is no file nowhere."),
        (["set", "A", "--from-file", "convex"], "", "convex cannot be read: Is a directory."),
        (["set", "A", "--from-file", "latin1"], "", "latin1 is not UTF-8 text."),
        (["remove", "--from-file", "nowhere"], "", "There is no file nowhere."),
    ],
)
def test_what_cannot_be_set_is_not_sent(work: AtWork, argv: list[str], stdin: str, says: str) -> None:
    (work.place.folder / "latin1").write_bytes(b"planted \xfc")
    outcome = work("env", *argv, "-q", stdin=stdin)
    assert (outcome.code, outcome.out) == (1, "")
    assert says in outcome.err
    assert "planted" not in outcome.err
    assert work.changes_sent() == []


def test_an_agent_gets_names_unless_it_asks_for_values(work: AtWork) -> None:
    work.variables().update(A="1")
    agent = {"CLAUDECODE": "1"}
    listed = work("env", "list", variables=agent)
    assert listed.out == "A\n"
    assert "Listed names only because an AI agent (claude) appears to be running this command." in listed.err
    for argv in (["--include-values"], ["--show"]):
        assert work("env", "list", *argv, variables=agent).out == "A=1\n"
    assert '"value": "1"' in work("env", "list", "--format", "json", variables=agent).out
    assert work("env", "list").out == "A=1\n"
