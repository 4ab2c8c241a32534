"""Completion in IPython and its kernels, by version 2 of its matchers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from IPython.core.completer import CompletionContext, SimpleCompletion, context_matcher

if TYPE_CHECKING:
    from IPython.core.completer import SimpleMatcherResult
    from IPython.core.interactiveshell import InteractiveShell

    from kitcn_repl.magic.magics import KitcnMagics

_NAME = "kitcn_matcher"


def add_matcher(shell: InteractiveShell, magics: KitcnMagics) -> None:
    remove_matcher(shell)

    def kitcn_matcher(context: CompletionContext) -> SimpleMatcherResult:
        if "%kitcn" not in context.full_text:
            return {"completions": []}
        from kitcn_repl.magic.completion import completions

        found = completions(magics, context.full_text, context.cursor_line, context.cursor_position)
        if found is None:
            return {"completions": []}
        return {
            "completions": [SimpleCompletion(text=each.text, type=each.kind) for each in found.suggestions],
            "matched_fragment": found.fragment,
            "suppress": True,
            "ordered": True,
        }

    decorate: Any = context_matcher(identifier=_NAME, priority=200)
    shell.Completer.custom_matchers.append(decorate(kitcn_matcher))


def remove_matcher(shell: InteractiveShell) -> None:
    matchers: list[Any] = shell.Completer.custom_matchers
    matchers[:] = [each for each in matchers if getattr(each, "matcher_identifier", "") != _NAME]
