"""docs/reference/formats.md: what `--format` prints, as it really is printed."""

from __future__ import annotations

import io
import re
import time
import tomllib
from pathlib import Path
from typing import Final

import click

from kitcn_repl.cli.environment import Environment
from kitcn_repl.cli.main import main
from kitcn_repl.cli.options import FORMATS
from tools.reference.commands import every_command
from tools.reference.markdown import code, fenced, page, table

_QUERY: Final = (
    'const rows = await ctx.db.query("typeZoo").collect();\n'
    '["int64", "bytes", "NaN", "array"].map((kind) => rows.find((row) => row.kind === kind))\n'
    "  .filter((row) => row).map(({label, value}) => ({label, value}))"
)
_ABOUT: Final[dict[str, str]] = tomllib.loads(Path(__file__).with_name("formats.toml").read_text(encoding="utf-8"))


def formats_page() -> str:
    assert list(_ABOUT) == list(FORMATS)
    return page(
        "Formats",
        "What `--format` prints, shown for one query on the demo.",
        fenced(_QUERY, "js"),
        *(part for name in FORMATS for part in (f"## {name}", _ABOUT[name], fenced(printed(name), "text"))),
        "## Which command has which",
        table(
            ("command", "formats"),
            [(code(path), choices) for path, command in every_command() if (choices := _choices(command))],
        ),
    )


def printed(name: str) -> str:
    """What `kitcn run` prints on a pipe, in this format."""
    out, err = io.StringIO(), io.StringIO()
    environment = Environment(io.StringIO(_QUERY), out, err, Path.cwd(), time.monotonic, width=80)
    code = main(["run", "--demo", "--quiet", "--inline-query", "-", "--format", name], environment)
    assert code == 0, err.getvalue()
    return out.getvalue().replace("\r\n", "\n")


def _choices(command: click.Command) -> str:
    for parameter in command.params:
        if isinstance(parameter, click.Option) and "--format" in parameter.opts:
            match = re.search(r"FORMAT is one of ([\w, ]+)", parameter.help or "")
            return ", ".join(code(each) for each in match[1].split(", ")) if match else ""
    return ""
