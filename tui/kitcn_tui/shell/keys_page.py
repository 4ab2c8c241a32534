"""docs/reference/keys.md, made from the table of actions."""

from __future__ import annotations

from collections.abc import Iterator

from kitcn_tui.actions import shown_keys
from kitcn_tui.shell.table import Scope, scopes

_HEAD = """\
# Keys of kitcn tui

Everything that can be done, with its keys; `ctrl+p` finds all of it by typing, `?` shows it in the application. Keys
can be changed in `keymap.toml` in the user's configuration folder (`$KITCN_CONFIG_DIR`, else for instance
`~/.config/kitcn`), by the action's name:

```toml
"app.switch" = "ctrl+e"
"app.forward" = ""        # no key at all
```

This page is made from the code: `python -m tools.reference`.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([_HEAD, *(line for scope in scopes() for line in _section(scope))])


def _section(scope: Scope) -> Iterator[str]:
    yield f"## {scope.title}"
    yield ""
    yield "| keys | what it does | action |"
    yield "| --- | --- | --- |"
    for action in scope.actions:
        keys = " ".join(f"`{_cell(key)}`" for key in shown_keys(action.keys)) or "palette"
        more = f". {action.help}" if action.help else ""
        yield f"| {keys} | {_cell(action.title)}{_cell(more)} | `{action.name}` |"
    yield ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
