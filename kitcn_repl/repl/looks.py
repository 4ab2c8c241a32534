"""What the prompt and the lines around it show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prompt_toolkit.application.current import get_app
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.formatted_text.utils import fragment_list_width
from prompt_toolkit.styles import Style

from kitcn_repl.render.text import visible
from kitcn_repl.repl.showing import budget_text
from kitcn_repl.version import __version__

if TYPE_CHECKING:
    from kitcn_repl.repl.shell import Shell

# The sixteen colours that every terminal's theme defines, as on the command line.
STYLE = Style.from_dict(
    {
        "prompt.type": "ansicyan",
        "prompt.name": "ansicyan bold",
        "prompt.component": "ansicyan",
        "prompt.prod": "bg:ansired ansiwhite bold",
        "prompt.waiting": "ansiyellow",
        "prompt.sign": "bold",
        "continuation": "ansibrightblack",
        "command": "ansicyan bold",
        "bottom-toolbar": "noreverse ansibrightblack",
        "bottom-toolbar.text": "noreverse ansibrightblack",
        "toolbar.prod": "ansired bold noreverse",
        "toolbar.key": "noreverse nobold ansidefault",
        "pygments.comment": "ansibrightblack italic",
        "pygments.keyword": "ansimagenta",
        "pygments.keyword.constant": "ansiyellow",
        "pygments.literal.string": "ansigreen",
        "pygments.literal.number": "ansiyellow",
        "pygments.name.function": "ansiblue",
        "pygments.name.builtin": "ansiblue",
        "pygments.error": "ansired",
        "completion-menu": "bg:ansiblack ansiwhite",
        "completion-menu.completion": "bg:ansiblack ansiwhite",
        "completion-menu.completion.current": "bg:ansicyan ansiblack noreverse",
        "completion-menu.meta.completion": "bg:ansiblack ansibrightblack",
        "completion-menu.meta.completion.current": "bg:ansicyan ansiblack",
        "scrollbar.background": "bg:ansibrightblack",
        "scrollbar.button": "bg:ansiwhite",
        "kind.table": "ansicyan",
        "kind.index": "ansiyellow",
        "kind.field": "ansigreen",
        "kind.relation": "ansimagenta",
        "kind.method": "ansiblue",
    }
)
WITHOUT_COLOUR = Style.from_dict(
    {
        "completion-menu.completion.current": "reverse",
        "completion-menu.meta.completion.current": "reverse",
        "prompt.prod": "reverse",
    }
)
"""Over the other: what only a colour would tell."""
_SIGN = "› "


def greeting(shell: Shell) -> None:
    """Which deployment this is, and how to go on; once."""
    session = shell.session()
    session.aside(f"kitcn {__version__} · JavaScript queries, readonly · .help for commands, ctrl-d leaves")
    if shell.opened.target is not None:
        session.announce(shell.opened.target)
    if shell.history.problem:
        session.aside(shell.history.problem)


def prompt(shell: Shell) -> StyleAndTextTuples:
    target = shell.opened.target
    component = f"/{visible(shell.opened.component)}" if shell.opened.component else ""
    if target is None:
        text = "connecting… " if shell.opened.is_opening else "no deployment "
        return [("class:prompt.waiting", text), ("class:prompt.sign", _SIGN)]
    name = visible(target.name)
    name = name if len(name) <= 40 else name[:39] + "…"
    if target.is_prod:
        return [("class:prompt.prod", f" PROD · {name}{component} "), ("", " "), ("class:prompt.sign", _SIGN)]
    kind = target.deployment_type
    parts: StyleAndTextTuples = [("class:prompt.type", f"{kind} · ")] if kind and kind != name else []
    return [
        *parts,
        ("class:prompt.name", name),
        ("class:prompt.component", f"{component} "),
        ("class:prompt.sign", _SIGN),
    ]


def continuation(width: int) -> StyleAndTextTuples:
    return [("class:continuation", "· ".rjust(width))]


def toolbar(shell: Shell) -> StyleAndTextTuples:
    """Left what the last query read of what one may read, right the keys; the right gives way."""
    columns = get_app().output.get_size().columns
    left: StyleAndTextTuples = [("", " ")]
    target = shell.opened.target
    if target is not None and target.is_prod:
        left.append(("class:toolbar.prod", "production, readonly  "))
    if shell.opened.is_learning:
        left.append(("", "learning the tables…"))
    elif shell.latest.cost is not None:
        left.append(("", f"last query read {budget_text(shell.latest.cost)}"))
    else:
        knowledge = shell.opened.knowledge
        if knowledge is not None:
            left.append(("", f"{len(knowledge.schema.tables)} tables"))
    keys = _keys(shell)
    for count in range(len(keys), -1, -1):
        right: StyleAndTextTuples = []
        for key, meaning in keys[:count]:
            right += [("class:toolbar.key", key), ("", f" {meaning}  ")]
        gap = columns - fragment_list_width(left) - fragment_list_width(right)
        if gap >= 1 or count == 0:
            return [*left, ("", " " * max(gap, 0)), *right]
    return left


def _keys(shell: Shell) -> list[tuple[str, str]]:
    buffer = get_app().current_buffer
    if "\n" in buffer.text:
        return [("enter", "runs when whole"), ("alt-enter", "new line"), ("ctrl-c", "clears")]
    if shell.settings.keys == "vi":
        from prompt_toolkit.key_binding.vi_state import InputMode

        mode = get_app().vi_state.input_mode
        names = {InputMode.INSERT: "INSERT", InputMode.NAVIGATION: "NORMAL", InputMode.REPLACE: "REPLACE"}
        return [(names.get(mode, "INSERT"), ""), (".help", "commands"), ("ctrl-r", "search")]
    return [(".help", "commands"), ("tab", "complete"), ("ctrl-r", "search"), ("ctrl-d", "leave")]
