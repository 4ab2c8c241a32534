"""What pages show, and what really comes of it.

A block ```text whose lines begin with `$ ` holds commands of a shell, one whose lines begin with `demo › ` lines typed
into `kitcn repl`; below each stands what the screen shows. A block ```js is an inline query, a block ```python Python,
and a ```text right below one is what it prints. A block ```console holds commands without what they print.

Commands run in this process; `|`, `>` and `<` work, and other programs run in the system's shell.
KITCN_UPDATE_TRANSCRIPTS=1 writes what comes into the pages, to be read before it is committed.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kitcn_repl.cli.environment import Environment
from kitcn_repl.cli.main import main

ROOT: Final = Path(__file__).parents[2]
DOCS: Final = ROOT / "docs"
WIDTH: Final = 100
_SHELL: Final = "$ "
REPL: Final = re.compile(r"^(\S+) › ", re.MULTILINE)
CONTINUED: Final = re.compile(r"^ *· ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of a page: its language, its text without the fences, and where that begins in the page."""

    language: str
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def blocks(page: str, language: str | None = None) -> list[Block]:
    found = re.finditer(r"^```(\w*)\n(.*?)^```$", page, flags=re.DOTALL | re.MULTILINE)
    return [Block(each[1], each[2], each.start(2)) for each in found if language in (None, each[1])]


@dataclass(frozen=True, slots=True)
class Session:
    """A command, and what the page says that it prints."""

    command: str
    output: str


def shell_sessions(block: str) -> Iterator[Session]:
    """A command goes on over lines as long as a quote is open."""
    for session in re.split(rf"^{re.escape(_SHELL)}", block, flags=re.MULTILINE)[1:]:
        lines = session.splitlines()
        for used in range(1, len(lines) + 1):
            command = "\n".join(lines[:used])
            if command.count("'") % 2 == 0:
                yield Session(command, "\n".join(lines[used:]).strip("\n"))
                break


def repl_sessions(block: str) -> Iterator[Session]:
    """What is typed goes on with lines that begin with `· `."""
    for typed, output in re.findall(r"^\S+ › (.*(?:\n *· .*)*)\n((?:(?!\S+ › ).*\n?)*)", block, flags=re.MULTILINE):
        yield Session(CONTINUED.sub("", typed), output.strip("\n"))


def shows_repl(block: str, sessions: list[Session]) -> str:
    """The block anew, with what really came."""
    (prompt,) = {match[1] for match in REPL.finditer(block)}
    indent = " " * (len(prompt) + 1)
    return "\n".join(
        f"{prompt} › " + each.command.replace("\n", f"\n{indent}· ") + "\n" + _shown(each.output) for each in sessions
    )


def shows_shell(sessions: list[Session]) -> str:
    return "\n".join(f"{_SHELL}{each.command}\n{_shown(each.output)}" for each in sessions)


def _shown(output: str) -> str:
    text = "\n".join(line.rstrip() for line in output.strip("\n").splitlines())
    return f"{text}\n" if text else ""


def is_shell(block: Block) -> bool:
    return block.language == "text" and block.text.startswith(_SHELL)


def is_repl(block: Block) -> bool:
    return block.language == "text" and REPL.match(block.text) is not None


def timeless(text: str) -> str:
    """Without how long things took, fingerprints that each run makes anew, and blanks at the ends of lines."""
    text = re.sub(r"•••• #[0-9a-f]{6}\b", "•••• #MARK", text)
    text = re.sub(r"\b\d+(\.\d+)? (ms|s)\b", "TIME", text)
    return "\n".join(line.rstrip() for line in text.strip("\n").splitlines())


@dataclass(frozen=True, slots=True)
class Place:
    """A folder to work in, with settings and caches of its own."""

    folder: Path
    on_terminal: bool = True

    @property
    def variables(self) -> dict[str, str]:
        own = {
            name: str(self.folder / ".own" / name.lower()) for name in ("KITCN_CACHE_DIR", "KITCN_STATE_DIR", "HOME")
        }
        return {**own, "NO_COLOR": "1", "COLUMNS": str(WIDTH), "TZ": "UTC", "PATH": os.environ["PATH"]}

    def run(self, command: str) -> str:
        """What the screen shows of it, stdout and stderr as a terminal mixes them."""
        screen = io.StringIO()
        piped = ""
        stages = _split(command, "|")
        for number, stage in enumerate(stages):
            is_last = number == len(stages) - 1
            if not stage.lstrip().startswith("kitcn"):
                piped = self._other(stage, piped)
                continue
            out = io.StringIO()
            is_shown = is_last and not _partition(stage, ">")[1]
            self._kitcn(stage, piped, screen if is_shown else out, screen, is_tty=is_shown)
            piped = out.getvalue()
        if not stages[-1].lstrip().startswith("kitcn"):
            screen.write(piped)
        return screen.getvalue()

    def _kitcn(self, stage: str, piped: str, out: io.StringIO, screen: io.StringIO, *, is_tty: bool) -> None:
        words, _, target = (part.strip() for part in _partition(stage, ">"))
        words, _, source = (part.strip() for part in _partition(words, "<"))
        stdin = (self.folder / source).read_text(encoding="utf-8") if source else piped
        self.program(shlex.split(words)[1:], stdin, out, screen, is_tty=is_tty)
        if target:
            (self.folder / target).write_text(out.getvalue(), encoding="utf-8")

    def program(self, argv: list[str], stdin: str, out: io.StringIO, err: io.StringIO, *, is_tty: bool = True) -> int:
        return main(argv, self.environment(stdin, out, err, is_tty=is_tty))

    def environment(self, stdin: str, out: io.StringIO, err: io.StringIO, *, is_tty: bool = True) -> Environment:
        return Environment(
            stdin=io.StringIO(stdin), stdout=out, stderr=err, cwd=self.folder, clock=time.monotonic,
            variables=self.variables, stdout_is_tty=is_tty and self.on_terminal, width=WIDTH,
        )  # fmt: skip

    def _other(self, stage: str, stdin: str) -> str:
        done = subprocess.run(
            ["/bin/sh", "-c", stage], input=stdin, cwd=self.folder, env=self.variables, text=True, check=True,
            stdout=subprocess.PIPE,
        )  # fmt: skip
        return done.stdout

    def query(self, text: str) -> str:
        """What an inline query shows on a terminal, without what it read."""
        screen = io.StringIO()
        code = self.program(["run", "--demo", "--quiet", "--inline-query", "-"], text, screen, screen)
        assert code == 0, screen.getvalue()
        return screen.getvalue()

    def repl(self, block: str) -> list[Session]:
        """Each text that the block types into the shell, with what really comes."""
        from kitcn_repl.cli.complaint import complain
        from kitcn_repl.errors import KitcnError
        from kitcn_repl.repl.shell import Shell
        from kitcn_repl.targets.target import TargetFlags

        screen = io.StringIO()
        came = []
        with closing(Shell(self.environment("", screen, screen), is_interactive=False)) as shell:
            shell.open(TargetFlags(demo=True), "")
            for session in repl_sessions(block):
                screen.truncate(screen.seek(0))
                try:
                    shell.submit(session.command)
                except KitcnError as error:
                    complain(shell.environment, error)
                came.append(Session(session.command, screen.getvalue()))
        return came


def _split(command: str, operator: str) -> list[str]:
    parts = []
    rest = command
    while True:
        before, found, rest = _partition(rest, operator)
        parts.append(before)
        if not found:
            return parts


def _partition(command: str, operator: str) -> tuple[str, str, str]:
    """At the first `operator` outside of quotes."""
    quote = ""
    for place, character in enumerate(command):
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character == operator:
            return command[:place], operator, command[place + 1 :]
    return command, "", ""
