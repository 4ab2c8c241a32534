"""Questions to whoever sits at the terminal. Where nobody does, none is asked, and the caller names the flag."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kitcn_repl.cli.click_parts import did_you_mean
from kitcn_repl.cli.environment import Environment, interruptible
from kitcn_repl.errors import KitcnError, UsageError
from kitcn_repl.render.text import visible

_TRIES = 5


class NotConfirmedError(KitcnError):
    """The answer was not the one that was needed; nothing has happened."""


def can_ask(environment: Environment) -> bool:
    return environment.stdin_is_tty and environment.stderr_is_tty


def ask(
    environment: Environment, question: str, *, default: str | None = None, problem: Callable[[str], str | None]
) -> str:
    """One line of text. `problem` says what is wrong with an answer, which is then asked for again."""
    style = environment.err_style
    shown = f"{question} {style.dim(f'[{visible(default)}]')} " if default else f"{question} "
    for _ in range(_TRIES):
        answer = _answer(environment, shown) or default or ""
        wrong = problem(answer) if answer else "Please answer."
        if wrong is None:
            return answer
        environment.stderr.write(f"{style.yellow(visible(wrong))}\n")
    raise NotConfirmedError("That did not lead to an answer: nothing was done.")


def choose(environment: Environment, question: str, choices: Mapping[str, str], *, default: str | None = None) -> str:
    """One of the words; `choices` says what each of them means, or nothing."""
    words = list(choices)
    width = max(map(len, words))
    for word, meaning in choices.items():
        environment.stderr.write(f"  {word:<{width}}  {environment.err_style.dim(visible(meaning))}".rstrip() + "\n")

    def problem(answer: str) -> str | None:
        if answer in choices:
            return None
        return f"It is one of {', '.join(words)}.{did_you_mean(answer, words)}"

    return ask(environment, question, default=default, problem=problem)


def agree(environment: Environment, question: str, *, default: bool) -> bool:
    """Yes or no; only Enter takes the default."""
    hint = environment.err_style.dim("[Y/n]" if default else "[y/N]")
    answer = _answer(environment, f"{question} {hint} ").lower()
    return default if not answer else answer in ("y", "yes")


def confirm_prod(environment: Environment, what: str, name: str, *, yes: bool) -> None:
    """Have a change of prod confirmed by typing `name`, unless `--yes` was given. `what` is a sentence without its
    point, such as `This makes a prod deployment in acme:chess`.

    Raises UsageError where nobody can be asked, NotConfirmedError for another answer.
    """
    if yes:
        return
    if not can_ask(environment):
        raise UsageError(f"{what}: give --yes where nobody can be asked.")
    style = environment.err_style
    answer = _answer(environment, f"{style.prod(visible(what) + '.')} Type {style.bold(visible(name))} to go on: ")
    if answer != name:
        raise NotConfirmedError("Not confirmed: nothing was changed.")


def _answer(environment: Environment, shown: str) -> str:
    with interruptible():
        environment.stderr.write(shown)
        environment.stderr.flush()
        line = environment.stdin.readline()
    if not line:  # ctrl-d
        environment.stderr.write("\n")
        raise NotConfirmedError("No answer: nothing was done.")
    return line.strip()
