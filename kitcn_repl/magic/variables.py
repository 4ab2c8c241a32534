"""Python variables and expressions on a magic's line."""

from __future__ import annotations

import keyword
from collections.abc import Callable, Sequence
from typing import Any

from kitcn_repl.errors import UsageError
from kitcn_repl.magic.splitting import Word

_KEPT = ("get_ipython", "In", "Out", "exit", "quit")

Evaluate = Callable[[str], Any]
"""Evaluates an expression where the user's variables are."""


def with_expressions(words: Sequence[Word], flag: str) -> list[str]:
    """The words' texts, but what follows `flag` as it was typed: `--arg name="Ada"` is a text in Python."""
    texts: list[str] = []
    for place, word in enumerate(words):
        if place and words[place - 1].text == flag:
            texts.append(word.text if word.is_quoted else word.raw)
        elif word.raw.startswith(f"{flag}="):
            texts += [flag, word.raw.removeprefix(f"{flag}=")]
        else:
            texts.append(word.text)
    return texts


def arguments(given: Sequence[str], evaluate: Evaluate) -> dict[str, Any]:
    """`NAME=EXPR`, or `NAME` for the variable of that name. Raises UsageError for what cannot be evaluated."""
    values: dict[str, Any] = {}
    for text in given:
        name, equals, expression = text.partition("=")
        name = name.strip()
        if not name.isidentifier() or (equals and not expression.strip()):
            raise UsageError(f"--arg {text!r} is not NAME or NAME=EXPR, such as limit=2 * n.")
        if name in values:
            raise UsageError(f"--arg {name} is given twice.")
        values[name] = _evaluated(name, expression if equals else name, evaluate)
    return values


def _evaluated(name: str, expression: str, evaluate: Evaluate) -> Any:
    try:
        return evaluate(expression.strip())
    except KeyboardInterrupt:
        raise
    except NameError as error:
        raise UsageError(f"--arg {name}: {error}.") from None
    except SyntaxError as error:
        raise UsageError(f"--arg {name}: {expression!r} is no expression of Python: {error.msg}.") from None
    except Exception as error:
        raise UsageError(f"--arg {name}: {type(error).__name__}: {error}.") from None


def with_variables(words: Sequence[Word], evaluate: Evaluate) -> list[str]:
    """The words' texts; `{expression}` as a whole word stands for its value, as one word whatever is in it."""
    return [_filled(word, evaluate) for word in words]


def _filled(word: Word, evaluate: Evaluate) -> str:
    inside = word.raw[1:-1].strip()
    if not (word.raw.startswith("{") and word.raw.endswith("}") and inside) or not _is_expression(inside):
        return word.text
    try:
        value = evaluate(inside)
    except NameError:
        return word.text
    except Exception as error:
        raise UsageError(f"{word.raw}: {type(error).__name__}: {error}.") from None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise UsageError(f"{word.raw} is a {type(value).__name__}; only texts and numbers can stand in a command.")
    text = str(value)
    if text.startswith("-") and isinstance(value, str):
        raise UsageError(f"{word.raw} begins with '-' and would pass for a flag.")
    return text


def _is_expression(text: str) -> bool:
    try:
        compile(text, "<kitcn>", "eval")
    except (SyntaxError, ValueError):
        return False
    return True


def check_name(name: str) -> str:
    """The name of a variable to store something in. Raises UsageError."""
    if not name.isidentifier() or keyword.iskeyword(name):
        raise UsageError(f"-o {name!r} is no name of a variable.")
    if name in _KEPT or (name.startswith("__") and name.endswith("__")):
        raise UsageError(f"-o {name}: IPython needs this name itself; choose another.")
    return name
