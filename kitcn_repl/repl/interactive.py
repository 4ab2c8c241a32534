"""The prompt: keys, colours, completion and history around the shell (prompt_toolkit)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prompt_toolkit import PromptSession
from prompt_toolkit.enums import EditingMode
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.styles import merge_styles

from kitcn_repl.cli.complaint import complain, complain_unexpectedly
from kitcn_repl.errors import ExitCode, KitcnError
from kitcn_repl.repl.commands.handed import CommandFailedError
from kitcn_repl.repl.completer import ShellCompleter
from kitcn_repl.repl.keys import key_bindings
from kitcn_repl.repl.lexer import ShellLexer
from kitcn_repl.repl.looks import STYLE, WITHOUT_COLOUR, continuation, greeting, prompt, toolbar
from kitcn_repl.repl.past import Past
from kitcn_repl.repl.shell import QuitError

if TYPE_CHECKING:
    from kitcn_repl.repl.shell import Shell

_REFRESHED_EVERY = 0.5
"""Seconds, while something is on its way that the prompt or the toolbar will show."""


def converse(shell: Shell) -> int:
    """Read, run and show until somebody leaves. The exit code."""
    session = _prompt_session(shell)
    session.app.after_render += lambda _app: shell.opened.learn()
    greeting(shell)
    with shell.type_ahead.kept():
        try:
            _converse(shell, session)
        except QuitError as end:
            return end.code
    return ExitCode.DONE


def _converse(shell: Shell, session: PromptSession[str]) -> None:
    told: KitcnError | None = None
    while True:
        failure = shell.opened.failure
        if failure is not None and failure is not told:
            told = failure
            complain(shell.environment, failure)
        session.editing_mode = EditingMode.VI if shell.settings.keys == "vi" else EditingMode.EMACS
        try:
            is_waiting = shell.opened.is_opening or shell.opened.is_learning
            text = session.prompt(refresh_interval=_REFRESHED_EVERY if is_waiting else 0)
        except KeyboardInterrupt:
            continue
        except EOFError:
            return
        run(shell, text)
        if text.strip():
            shell.terminal.stdout.write("\n")


def run(shell: Shell, text: str) -> None:
    """Run a line; whatever goes wrong is told, and the shell goes on. Raises QuitError."""
    try:
        shell.submit(text)
    except CommandFailedError:
        pass  # it has told why
    except KitcnError as error:
        complain(shell.environment, error)
    except KeyboardInterrupt:
        shell.session().note("cancelled", colour="yellow")
    except QuitError:
        raise
    except BrokenPipeError:
        pass  # somebody left the pager
    except Exception as error:
        complain_unexpectedly(shell.environment, error)


def _prompt_session(shell: Shell) -> PromptSession[str]:
    def message() -> StyleAndTextTuples:
        return prompt(shell)

    def further(width: int, _line: int, _is_soft_wrap: int) -> StyleAndTextTuples:
        return continuation(width)

    def bottom() -> StyleAndTextTuples:
        return toolbar(shell)

    completer = ShellCompleter(shell)
    has_colour = shell.terminal.out_style.enabled
    return PromptSession(
        message,
        multiline=True,
        prompt_continuation=further,
        bottom_toolbar=bottom,
        lexer=ShellLexer(),
        completer=completer,
        complete_while_typing=True,
        complete_in_thread=False,
        history=Past(shell.history),
        key_bindings=key_bindings(completer),
        style=STYLE if has_colour else merge_styles([STYLE, WITHOUT_COLOUR]),
        color_depth=None if has_colour else ColorDepth.DEPTH_1_BIT,
        include_default_pygments_style=False,
        reserve_space_for_menu=8,
        enable_open_in_editor=True,
        mouse_support=False,
        search_ignore_case=True,
    )
