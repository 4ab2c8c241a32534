"""Env files: read as dotenv reads them, and edited so that every other line keeps its bytes."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from random import Random

import dotenv

from kitcn_repl.explore.environment.dotenv import read_dotenv_text
from kitcn_repl.project.env_edit import with_variable
from kitcn_repl.project.env_files import names_deployment, parse_env_file, read_env_files
from kitcn_repl.project.replacing import read_text, replace_text
from kitcn_repl.render.dotfile import dotfile_value
from tests.fuzz import hostile
from tests.fuzz.harness import Family
from tests.fuzz.oracle import SECRET

NAME, NEW = "CONVEX_DEPLOYMENT", "dev:new-one-1"
_LINES = (
    "",
    "# a comment",
    "A=1",
    "export B = 'two words'",
    f"{NAME}=dev:old",
    f"{NAME}='q' # note",
    f"{NAME}_TOKEN=t|k",
    f"export {NAME}=x",
    f"{NAME}: y",
    "M='first",
    "last'",
    'D="x',
    '"',
    "not an assignment",
    f"#{NAME}=z",
    "É=é",
    f"K={SECRET}",
    "X=`a",
    "`",
    "Y='it\\'s'",
    "a.b-c=1",
    "E=",
    " F = g ",
    "H=a#b",
    'J="x\\ny"',
    "\tK=1\t",
    "L=$HOME ${A}",
    "  ",
    "=1",
    "N==",
    "\ufeffO=1",
    "P=\u2028x",
    "CONVEX_URL=http://127.0.0.1:3210",
)
_PIECES = (*hostile.TEXTS, "=", "'", '"', "`", "#", "\n", "\r", "\r\n", "\\", " ", NAME, f"{NAME}=", "export ")


@dataclass(frozen=True)
class EnvFile:
    content: bytes
    is_plain: bool


def make(random: Random) -> EnvFile:
    end = random.choice(("\n", "\n", "\r\n", "\r"))
    if random.random() < 0.2:
        # Of a kind on which every reader agrees.
        names = random.sample(("A", "B", "CONVEX_URL", "X_1"), k=random.randrange(4))
        return EnvFile(
            "".join(f"{name}={random.choice(('1', 'two', 'x=y', 'http://h:1/p', ''))}\n" for name in names).encode(),
            True,
        )
    lines = random.choices(_LINES, k=random.randrange(8))
    text = end.join(lines) + random.choice(("", end))
    content = text.encode()
    if random.random() < 0.6:
        content = hostile.mutated_text(random, text, _PIECES).encode("utf-8", "surrogatepass")
    if random.random() < 0.1:
        content = hostile.mutated_bytes(random, content)
    if random.random() < 0.01:
        content += random.choice(("A=" + "'\\" * 20_000, " " * 30_000, "A=" + '"' * 30_000, "export " * 5000)).encode()
    return EnvFile(content, False)


def check(case: EnvFile, folder: Path) -> str:
    path = folder / ".env.local"
    path.write_bytes(case.content)
    before = read_env_files(folder)[0][1]
    names_deployment(path)
    if case.is_plain:
        judged = dotenv.dotenv_values(stream=io.StringIO(case.content.decode()), interpolate=False)
        assert dict(before) == judged, f"dotenv reads {judged}"
    assert read_dotenv_text(case.content.decode("utf-8", "replace")).variables.items() <= before.items()
    for name, value in before.items():
        _written_back(name, value)
    text = read_text(path)
    assert text is not None
    after = with_variable(text, NAME, NEW, comment="team: acme, project: chess", heading="# heading")
    if after is None:
        assert before[NAME] == NEW
        return "read"
    replace_text(path, after)
    again = read_env_files(folder)[0][1]
    if again != {**before, NAME: NEW}:
        raise AssertionError(f"{ {**before, NAME: NEW} } expected, {again} found")
    _others_kept(case.content, path.read_bytes())
    assert [each.name for each in folder.iterdir()] == [".env.local"], "something was left beside the file"
    return "read"


def _written_back(name: str, value: str) -> None:
    """What we print as a line of an env file is read again as the same."""
    written, remark = dotfile_value(value)
    # The genuine CLI quotes no outer blanks, and so do we.
    if remark is None and "\r" not in value and value == value.strip():
        assert parse_env_file(f"{name}={written}\n") == {name: value}, f"{value!r} was written as {written!r}"


def _others_kept(before: bytes, after: bytes) -> None:
    """Every line that has nothing to do with the variable is there as often as before, byte for byte."""
    marker = NAME.encode()
    gone = Counter(_lines(before)) - Counter(_lines(after))
    lost = [line for line in gone if line.strip() and marker not in line]
    if b'"' not in before and b"'" not in before and b"`" not in before:
        assert not lost, f"lines were changed: {lost}"


def _lines(content: bytes) -> list[bytes]:
    return content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")


FAMILY = Family("env file", make, check, lambda case: case.content, lambda size: (16 << 20) + 100 * size)
