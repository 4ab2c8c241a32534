"""docs/reference/magics.md: what `%kitcn` and `%%kitcn` take."""

from __future__ import annotations

from typing import Final

from kitcn_repl.magic.cell_options import cell_command
from kitcn_repl.magic.line import ENDLESS, FOR_TERMINALS, GIVING_RESULTS
from kitcn_repl.magic.magics import KitcnMagics
from kitcn_repl.magic.using import HELP
from tools.reference.markdown import code, fenced, page, table
from tools.reference.parameters import own_parameters, shared_names

_COMMAND: Final = """\
A command of [the command line](commands.md). {} give a `Result` unless `--format` says otherwise; the others
print."""


def magics_page() -> str:
    paragraphs = [" ".join(part.split()) for part in (cell_command.help or "").split("\n\n")]
    usage, _, use = HELP.partition("\n\n")
    return page(
        "Magics",
        "What `%load_ext kitcn_repl` brings; [the guide](../guide/notebook.md) shows it at work.",
        "## %kitcn",
        table(
            ("line", "what it does"),
            [
                ("`%kitcn`", "The deployment, why that one, its tables."),
                (code(usage.removeprefix("Usage: ")), use),
                ("`%kitcn tables`", "`%kitcn data` without a table."),
                ("`%kitcn COMMAND ...`", _COMMAND.format(_those(GIVING_RESULTS))),
                (_lines(FOR_TERMINALS), "Take over the terminal of `ipython`; refused in a notebook."),
                (_lines(ENDLESS), "Go on until interrupted, which is no error."),
            ],
        ),
        "`{name}` is the value of a Python variable or expression, as one word.",
        "## %%kitcn",
        *paragraphs,
        own_parameters(cell_command, without=shared_names()),
        "With the options of [which deployment](commands.md#which-deployment).",
        fenced("\n".join(line.strip() for line in (cell_command.epilog or "").strip().splitlines()), "ipython"),
        "## Settings",
        "`%config KitcnMagics.NAME = VALUE`; for all notebooks in `ipython_config.py` as `c.KitcnMagics.NAME = VALUE`.",
        table(
            ("name", "default", "what it is"),
            [
                (code(name), code(repr(trait.default_value)), str(trait.help))
                for name, trait in sorted(KitcnMagics.class_traits(config=True).items())
                if trait.this_class is KitcnMagics
            ],
        ),
    )  # fmt: skip


def _lines(names: tuple[str, ...]) -> str:
    return ", ".join(code(f"%kitcn {name}") for name in names)


def _those(names: tuple[str, ...]) -> str:
    *first, last = map(code, names)
    return f"{', '.join(first)} and {last}"
