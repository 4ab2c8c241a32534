"""What one can do, as one table: keys, palette, footer, help and docs are made from it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from textual.binding import Binding


class Action(NamedTuple):
    """`name` is `SCOPE.METHOD`: the widget of that scope has `action_METHOD`. It is the binding's id in keymap files.

    `keys` are Textual's names joined by commas, empty for what only the palette offers. `title` is the palette's,
    `help` a sentence more, `footer` the word in the footer, if it is to stand there. `call` is what Textual is to run
    instead of the method, such as `tab('data')`. A key with `priority` works while somebody types, too.
    """

    name: str
    title: str
    keys: str = ""
    help: str = ""
    footer: str = ""
    palette: bool = True
    call: str = ""
    priority: bool = False

    @property
    def scope(self) -> str:
        return self.name.partition(".")[0]

    @property
    def method(self) -> str:
        return self.call or self.name.partition(".")[2]

    def binding(self) -> Binding:
        return Binding(
            self.keys,
            self.method,
            self.footer or self.title,
            show=bool(self.footer),
            tooltip=self.help or self.title,
            id=self.name,
            priority=self.priority,
        )


def bindings(actions: Iterable[Action]) -> list[Binding]:
    """For a widget's `BINDINGS`: those that have keys."""
    return [action.binding() for action in actions if action.keys]


_SYMBOLS = {
    "question_mark": "?", "slash": "/", "backslash": "\\", "minus": "-", "plus": "+", "space": "space", "comma": ",",
    "full_stop": ".", "colon": ":", "semicolon": ";", "left_square_bracket": "[", "right_square_bracket": "]",
    "left_curly_bracket": "{", "right_curly_bracket": "}", "less_than_sign": "<", "greater_than_sign": ">",
    "left": "←", "right": "→", "up": "↑", "down": "↓", "pageup": "pgup", "pagedown": "pgdn", "escape": "esc",
    "exclamation_mark": "!", "number_sign": "#", "equals_sign": "=", "underscore": "_", "asterisk": "*", "tilde": "~",
    "vertical_line": "|", "apostrophe": "'", "quotation_mark": '"', "at": "@", "percent_sign": "%", "ampersand": "&",
    "dollar_sign": "$", "circumflex_accent": "^", "grave_accent": "`", "left_parenthesis": "(",
    "right_parenthesis": ")",
}  # fmt: skip


def shown_key(key: str) -> str:
    """A key as people write it: `ctrl+p`, `?`, `shift+←`."""
    *modifiers, last = key.split("+") if key != "+" else ["+"]
    return "+".join([*modifiers, _SYMBOLS.get(last, last)])


def shown_keys(keys: str) -> tuple[str, ...]:
    """Those of a binding, in its order."""
    return tuple(shown_key(key.strip()) for key in keys.split(",") if key.strip())
