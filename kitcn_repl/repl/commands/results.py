"""Commands about results."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kitcn_repl.cli.click_parts import did_you_mean
from kitcn_repl.errors import KitcnError, UsageError
from kitcn_repl.render.quantity import byte_size
from kitcn_repl.repl.output import clipboard_command
from kitcn_repl.repl.output import copy as copy_text
from kitcn_repl.repl.settings import FORMATS
from kitcn_repl.repl.showing import SHOW_SECRETS, Look, described, show
from kitcn_repl.values import JsonValue
from kitcn_repl.values.javascript import stringify

if TYPE_CHECKING:
    from kitcn_repl.repl.shell import Shell

_ENDINGS = {".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".md": "markdown"}
_FORCE = "--force"


def show_again(shell: Shell, words: list[str]) -> None:
    formats = [word for word in words if word in FORMATS]
    named = [word for word in words if word not in (*FORMATS, SHOW_SECRETS)]
    _, value = _result(shell, named)
    session = shell.session()
    format_ = formats[-1] if formats else shell.settings.format
    show(session, value, Look(format_, shell.opened.knowledge, SHOW_SECRETS in words))
    session.flush()


def copy(shell: Shell, words: list[str]) -> None:
    """As JSON, exact: credentials too, since that is what somebody asked for."""
    name, value = _result(shell, words)
    text = value if isinstance(value, str) else stringify(value, 2)
    if not shell.terminal.stdout_is_tty:
        raise UsageError(".copy needs a terminal.")
    copy_text(text, shell.terminal.stdout, shell.environment.variables)
    by = "" if clipboard_command(shell.environment.variables) else ", by the terminal if it allows that (OSC 52)"
    shell.session().aside(f"{name} copied: {byte_size(len(text.encode('utf-8', 'replace')))}{by}")


def export(shell: Shell, words: list[str]) -> None:
    """The file's ending says the format. A file that is there is not replaced without --force."""
    is_forced = _FORCE in words
    words = [word for word in words if word != _FORCE]
    if not words:
        raise UsageError("Where to? .export FILE [NAME], with FILE ending in .json, .jsonl, .csv or .md")
    path = shell.environment.cwd / Path(words[0]).expanduser()
    format_ = _ENDINGS.get(path.suffix.lower())
    if format_ is None:
        raise UsageError(f"{words[0]} ends in none of {', '.join(_ENDINGS)}, which say the format.")
    name, value = _result(shell, words[1:])
    from kitcn_repl.render.rows import as_csv, as_markdown, rows_of, streamed

    if format_ == "json":
        text = stringify(value, 2) + "\n"
    elif format_ == "jsonl":
        text = streamed("jsonl", value if isinstance(value, list) else [value])
    else:
        rows = list(rows_of(value))
        text = as_csv(rows) if format_ == "csv" else as_markdown(rows)
    try:
        with path.open("w" if is_forced else "x", encoding="utf-8", newline="") as file:
            file.write(text)
    except FileExistsError:
        raise KitcnError(f"{words[0]} is there already.", hint=f".export {words[0]} {_FORCE} replaces it.") from None
    except OSError as error:
        raise KitcnError(f"{words[0]} cannot be written: {error.strerror}.") from error
    shell.session().aside(f"{name} ({described(value)}) written to {words[0]}")


def names(shell: Shell, _words: list[str]) -> None:
    session = shell.session()
    values = shell.scope.values
    pairs = [(name, described(value)) for name, value in values.items()]
    pairs += [(name, "declared") for one in shell.scope.declared for name in sorted(one.names)]
    if not pairs:
        session.note("Nothing yet: results are called _1, _2, ..., and the last one _.")
        return
    width = max(len(name) for name, _ in pairs)
    style = session.environment.out_style
    session.drawn("".join(f"{style.blue(f'{name:<{width}}')}  {text}\n" for name, text in pairs))
    session.flush()


def _result(shell: Shell, words: list[str]) -> tuple[str, JsonValue]:
    """The result of that name, by default the last one."""
    values = shell.scope.values
    if len(words) > 1:
        raise UsageError(f"One name of a result, not {len(words)}.")
    name = words[0] if words else shell.scope.last
    if name is None:
        raise UsageError("There is no result yet.")
    if name not in values:
        raise UsageError(f"There is no result {name}.{did_you_mean(name, list(values))}", hint=".names lists them.")
    return name, values[name]
