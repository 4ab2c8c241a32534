"""`env` and `env default`, by the genuine CLI and by ours: the same variables afterwards, the same output."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.conformance.genuine import Ran
from tests.conformance.marks import shown_by
from tests.conformance.one_process import AnyWorld
from tests.support.control_plane import ACCESS_TOKEN, StandIn, Workplace, make_workplace, small_world, stand_in
from tests.support.node import genuine_cli, node

REPOSITORY = Path(__file__).parents[2]
_PATIENCE = 120
"""Seconds; only ever spent on a client that hangs."""

BEFORE = {"OLD": "old value", "SAME": "same", "EMPTY": ""}
DOTENV = """\
# a comment
export NEW=1
SAME=same
QUOTED="two\\nlines # not a comment"
SINGLE='it''s'
TICKS=`a'b"c`
SPACED =  around  # comment
CONVEX_DEPLOYMENT=dev:other-other-1
VITE_CONVEX_URL=https://x
NEW=2
YAML: colon
"""


@dataclass(frozen=True)
class Row:
    """`genuine` is what the genuine CLI does otherwise, for which `because` is our reason: the exit codes (its, ours)
    and whether the variables are equal afterwards. `stdout` tells whether what is printed is compared."""

    name: str
    arguments: tuple[str, ...]
    stdin: str = ""
    files: dict[str, str] = field(default_factory=dict)
    genuine: tuple[int, int, str] | None = None
    because: str = ""

    def __str__(self) -> str:
        return self.name


ROWS = (
    Row("set a new one", ("env", "set", "A", "two words")),
    Row("set an old one", ("env", "set", "OLD", "new value")),
    Row("set the same", ("env", "set", "SAME", "same")),
    Row("set nothing", ("env", "set", "A", "")),
    Row("set with =", ("env", "set", "A=x=y z")),
    Row("set with = and nothing", ("env", "set", "OLD=")),
    Row("set a value with =", ("env", "set", "A", "B=1")),
    Row("set a dash", ("env", "set", "A", "-")),
    Row("set after --", ("env", "set", "--", "A", "--force")),
    Row("set odd text", ("env", "set", "A", "ü 漢 🎉\n'\"`\\n#$X")),
    Row("set from stdin", ("env", "set", "A"), stdin="one\ntwo\n\n"),
    Row("set from stdin with carriage returns", ("env", "set", "A"), stdin="one\r\ntwo\r\n"),
    Row("set from a file", ("env", "set", "A", "--from-file", "value"), files={"value": "one\r\ntwo\n"}),
    Row("set many from stdin", ("env", "set"), stdin=DOTENV),
    Row("set many from a file", ("env", "set", "--from-file", "many.env"), files={"many.env": DOTENV}),
    Row("set many with carriage returns", ("env", "set"), stdin="A=1\r\nB='x\r\ny'\r\n"),
    Row("set many after a mark", ("env", "set"), stdin="\ufeffA=1\n"),
    Row("set many that are there", ("env", "set"), stdin="SAME=same\n"),
    Row("set many in conflict", ("env", "set"), stdin="NEW=1\nOLD=other\n"),
    Row("set many by force", ("env", "set", "--force"), stdin="NEW=1\nOLD=other\nSAME=same\n"),
    Row("set none", ("env", "set"), stdin="# nothing\n"),
    Row("set managed ones only", ("env", "set"), stdin="CONVEX_DEPLOYMENT=x\n"),
    Row("set a bad name", ("env", "set", "1A", "x")),
    Row("set a built-in name", ("env", "set", "CONVEX_SITE_URL", "x")),
    Row("set too much", ("env", "set", "A", "x" * 8193)),
    Row("set a bad name among others", ("env", "set"), stdin="GOOD=1\na.b=2\n"),
    Row("set from a file that is not there", ("env", "set", "--from-file", "nowhere")),
    Row("remove", ("env", "remove", "OLD")),
    Row("rm", ("env", "rm", "EMPTY")),
    Row("unset", ("env", "unset", "SAME")),
    Row("get", ("env", "get", "OLD")),
    Row("get nothing", ("env", "get", "EMPTY")),
    Row("get a built-in one", ("env", "get", "CONVEX_CLOUD_URL")),
    Row("list", ("env", "list")),
    Row("list names", ("env", "list", "--names-only")),
    Row("list values", ("env", "list", "--include-values")),
    Row("list another", ("env", "list", "--deployment", "staging")),
    Row("set another", ("env", "set", "A", "1", "--deployment", "preview/pr-1")),
    Row("options first", ("env", "--deployment", "staging", "set", "A", "1")),
    Row("default set", ("env", "default", "set", "A", "1")),
    Row("default set for a type", ("env", "default", "set", "A=1", "--type", "preview")),
    Row("default set for a long type", ("env", "default", "set", "A", "1", "--type", "development")),
    Row("default set many", ("env", "default", "set", "--type", "preview"), stdin=DOTENV),
    Row("default set in conflict", ("env", "default", "set"), stdin="API_HOST=other\nA=1\n"),
    Row("default set by force", ("env", "default", "set", "--force"), stdin="API_HOST=other\nA=1\n"),
    Row("default set elsewhere", ("env", "default", "set", "A", "1", "--project", "umbrella:chess", "--type", "dev")),
    Row("default set beside", ("env", "default", "set", "A", "1", "--project", "go", "--type", "dev")),
    Row("default set for another deployment", ("env", "default", "set", "A", "1", "--deployment", "odd-elk-106")),
    Row("default remove", ("env", "default", "remove", "ONLY_DEV")),
    Row("default remove for a type", ("env", "default", "rm", "API_HOST", "--type", "preview")),
    Row("default get", ("env", "default", "get", "ONLY_DEV")),
    Row("default list", ("env", "default", "list")),
    Row("default list for prod", ("env", "default", "list", "--type", "production")),
    Row("default list names elsewhere", ("env", "default", "list", "--names-only", "--type", "dev", "--project", "go")),
    Row("default list values", ("env", "default", "list", "--include-values")),
    Row("default get elsewhere", ("env", "default", "get", "API_HOST", "--type", "preview", "--project", "acme:chess")),
    Row("default unset beside", ("env", "default", "unset", "ONLY_DEV", "--type", "dev", "--project", "chess")),
    Row("default set from a file", ("env", "default", "set", "--from-file", "many.env"), files={"many.env": DOTENV}),
    Row("default list by flag", ("env", "default", "list", "--prod")),
    # Where we differ on purpose.
    Row(
        "prod", ("env", "set", "A", "1", "--prod"),
        genuine=(0, 1, "other"), because="prod is never changed without --yes or an answer",
    ),
    Row(
        "prod defaults", ("env", "default", "remove", "API_HOST", "--type", "prod"),
        genuine=(0, 1, "other"), because="prod is never changed without --yes or an answer",
    ),
    Row(
        "get a missing one", ("env", "get", "NOPE"),
        genuine=(0, 1, "same"), because="a script has to see that there is none",
    ),
    Row(
        "default get a missing one", ("env", "default", "get", "NOPE"),
        genuine=(0, 1, "same"), because="a script has to see that there is none",
    ),
    Row(
        "remove a missing one", ("env", "remove", "NOPE"),
        genuine=(0, 1, "same"), because="a name that is not there is a typing error; --ignore-missing says it is none",
    ),
    Row(
        "default remove a missing one", ("env", "default", "remove", "NOPE"),
        genuine=(0, 1, "same"), because="a name that is not there is a typing error; --ignore-missing says it is none",
    ),
    Row(
        "set from nothing", ("env", "set", "OLD"),
        genuine=(0, 1, "other"), because="in a script it is a command that failed; OLD= sets it to nothing",
    ),
    Row(
        "set several", ("env", "set", "A=1", "B=2"),
        genuine=(1, 0, "other"), because="several at once are one change",
    ),
    Row(
        "remove several", ("env", "remove", "OLD", "SAME"),
        genuine=(1, 0, "other"), because="several at once are one change",
    ),
    Row(
        "set a name that begins with _", ("env", "set", "_A=1"),
        genuine=(1, 0, "other"), because="it is a good name",
    ),
    Row(
        "set a negative number", ("env", "set", "A", "-----BEGIN KEY-----"),
        genuine=(1, 0, "other"), because="a key is no option",
    ),
    Row(
        "value and file", ("env", "set", "A", "1", "--from-file", "value"), files={"value": "2"},
        genuine=(0, 2, "other"), because="it is not clear which one is meant",
    ),
    Row(
        "a type that is none", ("env", "default", "list", "--type", "bogus"),
        genuine=(1, 2, "same"), because="checked before anything is sent",
    ),
    Row(
        "too many words", ("env", "set", "A", "1", "2"),
        genuine=(1, 2, "same"), because="wrong usage is 2",
    ),
    Row(
        "both forms", ("env", "set", "A=1", "2"),
        genuine=(1, 2, "same"), because="wrong usage is 2, and no value is repeated",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    exit_code: int
    stdout: str
    stderr: str
    variables: object


Command = Callable[[Row, Workplace, dict[str, str]], Ran]


def _run(command: Command, row: Row, folder: Path, door: socket.socket | None = None) -> Outcome:
    """In a world of its own, since it may be changed."""
    world = small_world()
    for one in world.deployments:
        one.environment.update(BEFORE)
    with stand_in(world, door) as plane:
        place = make_workplace(plane, folder)
        place.env_local("CONVEX_DEPLOYMENT=dev:happy-otter-101\n")
        place.log_in(ACCESS_TOKEN)
        for name, text in row.files.items():
            (place.folder / name).write_bytes(text.encode())
        ran = command(row, place, {"PATH": os.environ["PATH"], "NO_COLOR": "1", **place.variables()})
        return Outcome(ran.exit_code, _without_ports(ran.stdout.decode(), plane), ran.stderr, _variables(plane))


def _started(*program: str) -> Command:
    """A process of its own."""

    def command(row: Row, place: Workplace, variables: dict[str, str]) -> Ran:
        done = subprocess.run(
            [*program, *row.arguments], cwd=place.folder, env={**variables, "PYTHONPATH": str(REPOSITORY)},
            input=row.stdin.encode(), capture_output=True, timeout=_PATIENCE, check=False,
        )  # fmt: skip
        return Ran(done.stdout, done.stderr.decode(), done.returncode)

    return command


def _reads_stdin(arguments: tuple[str, ...]) -> bool:
    """Where it finds no value, or what the genuine CLI takes for none."""
    words = [word for word in arguments if not word.startswith("-")]
    given = words[words.index("set") + 1 :] if "set" in words else ["NAME", "value"]
    return len(given) < 2 and re.fullmatch(r"[A-Za-z]\w*=.*", given[-1] if given else "", re.DOTALL) is None


def _variables(plane: StandIn) -> object:
    return {one.name: one.environment for one in plane.world.deployments}, dict(plane.world.defaults)


def _without_ports(text: str, plane: StandIn) -> str:
    for one in plane.world.deployments:
        text = text.replace(one.url, one.name)
    return text


def _both(row: Row, folder: Path, anywhere: AnyWorld) -> tuple[Outcome, Outcome]:
    def shared(row: Row, place: Workplace, variables: dict[str, str]) -> Ran:
        return anywhere.program(*row.arguments, cwd=place.folder, variables=variables)

    alone = _started(node(), genuine_cli()), None
    command, door = alone if _reads_stdin(row.arguments) else (shared, anywhere.door)
    with ThreadPoolExecutor(2) as pool:
        genuine = pool.submit(_run, command, row, folder / "genuine", door)
        ours = pool.submit(_run, _started(sys.executable, "-m", "kitcn_repl"), row, folder / "ours")
        return genuine.result(), ours.result()


def _marks(row: Row) -> list[pytest.MarkDecorator]:
    typed = " ".join(row.arguments)
    return shown_by(row.arguments, better=f"`{typed}`: {row.because}" if row.because else "")


@pytest.mark.parametrize("row", [pytest.param(row, id=row.name.replace(" ", "-"), marks=_marks(row)) for row in ROWS])
def test_the_same_variables_and_the_same_output(row: Row, tmp_path: Path, genuine_anywhere: AnyWorld) -> None:
    genuine, ours = _both(row, tmp_path, genuine_anywhere)
    said = f"{genuine}\n{ours}"
    if row.genuine is None:
        assert ours.exit_code == genuine.exit_code, said
        assert ours.variables == genuine.variables, said
        assert ours.stdout == genuine.stdout
        done = [line for line in genuine.stderr.splitlines() if line.startswith(("✔", "Skipping", "All ", "No "))]
        if row.name != "set the same":
            assert [line for line in done if line not in ours.stderr.splitlines()] == [], said
        return
    codes, states = row.genuine[:2], row.genuine[2]
    assert (genuine.exit_code, ours.exit_code) == codes, said
    assert (genuine.variables == ours.variables) == (states == "same"), said


def test_every_difference_says_why() -> None:
    assert all((row.genuine is None) == (not row.because) for row in ROWS)
    assert len({row.name for row in ROWS}) == len(ROWS)
