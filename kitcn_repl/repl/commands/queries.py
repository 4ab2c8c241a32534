"""Commands about queries that were asked before, or kept."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from kitcn_repl.errors import KitcnError, UsageError
from kitcn_repl.render.text import visible
from kitcn_repl.repl.output import editor

if TYPE_CHECKING:
    from kitcn_repl.repl.shell import Shell

_SHOWN = 50
_SPARE = 50


def history(shell: Shell, words: list[str]) -> None:
    """The newest last, as a log reads."""
    session = shell.session()
    asked = shell.history.recent(_SHOWN + _SPARE, " ".join(words))
    past = [query for query in asked if not query.text.startswith(".history")][:_SHOWN]
    if not past:
        session.note("Nothing was asked yet." if not words else "Nothing that was asked holds these words.")
        return
    style = session.environment.out_style
    width = session.environment.width - 2
    for query in reversed(past):
        first, *more = query.text.split("\n")
        text = visible(first) + (" …" if more else "")
        text = text if len(text) <= width else text[: width - 1] + "…"
        session.drawn(f"{style.red('✗') if query.failed else ' '} {text}\n")
    session.flush()


def save(shell: Shell, words: list[str]) -> None:
    if not words:
        raise UsageError("Under which name? .save NAME keeps the last query.")
    if not shell.latest.text:
        raise UsageError("There is no query yet to save.")
    query = shell.saved.save(" ".join(words), shell.latest.text)
    shell.session().aside(f"saved as {query.name}: {query.path}")


def saved(shell: Shell, words: list[str]) -> None:
    session = shell.session()
    if words:
        session.data(shell.saved.get(" ".join(words)).text)
        session.flush()
        return
    queries = shell.saved.all()
    if not queries:
        session.note("No query is saved. .save NAME keeps the last one.")
        return
    width = max(len(query.name) for query in queries)
    room = max(10, session.environment.width - width - 2)
    style = session.environment.out_style
    for query in queries:
        line = visible(" ".join(query.text.split()))
        session.drawn(f"{query.name:<{width}}  {style.dim(line if len(line) <= room else line[: room - 1] + '…')}\n")
    session.flush()


def run(shell: Shell, words: list[str]) -> None:
    """A saved query runs whole; a file is read as a script is."""
    if not words:
        raise UsageError("What? .run NAME runs a saved query, .run FILE a file.")
    name = " ".join(words)
    if any(query.name == name for query in shell.saved.all()):
        shell.query(shell.saved.get(name).text)
        return
    path = shell.environment.cwd / Path(words[0]).expanduser()
    if not path.is_file():
        shell.saved.get(name)  # tells the nearest name
    from kitcn_repl.repl.script import read_script, run_script

    run_script(shell, read_script(path, words[0]), words[0])


def edit(shell: Shell, words: list[str]) -> None:
    """What the editor leaves is run; of a saved query, it is kept too."""
    if not (shell.terminal.stdin_is_tty and shell.terminal.stdout_is_tty):
        raise UsageError(".edit needs a terminal.")
    command = editor(shell.environment.variables)
    if command is None:
        raise KitcnError("There is no editor.", hint="Set $EDITOR.")
    name = " ".join(words)
    before = shell.saved.get(name).text if name else shell.latest.text
    with tempfile.TemporaryDirectory(prefix="kitcn-") as folder:
        path = Path(folder) / "query.js"
        path.write_text(before, encoding="utf-8")
        code = shell.environment.execute([*command, str(path)], shell.environment.variables)
        text = path.read_text(encoding="utf-8", errors="replace")
    if code != 0 or not text.strip() or (text == before and not name):
        shell.session().aside("not run")
        return
    if name:
        shell.saved.save(name, text)
    shell.query(text.rstrip())
