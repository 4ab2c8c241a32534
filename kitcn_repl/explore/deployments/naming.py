"""A selector that stands alone on the command line, not behind --deployment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from kitcn_repl.errors import NoDeploymentError, UsageError
from kitcn_repl.targets.precedence import select
from kitcn_repl.targets.selection import Selection
from kitcn_repl.targets.shown import shown
from kitcn_repl.targets.target import TargetFlags

_FLAG = "--deployment"


def select_named(selector: str, environment: Mapping[str, str], cwd: Path, *, env_file: str | None = None) -> Selection:
    """What `--deployment SELECTOR` selects, in words that do not speak of that flag. Raises as `select`."""
    try:
        selection = select(TargetFlags(deployment=selector, env_file=env_file), environment, cwd)
    except UsageError as error:
        problem: UsageError | NoDeploymentError = UsageError(_named(error.message, selector), hint=_bare(error.hint))
    except NoDeploymentError as error:
        problem = NoDeploymentError(_named(error.message, selector), hint=_bare(error.hint))
    else:
        return replace(selection, reason=selection.reason.replace(_FLAG, "as named", 1))
    raise problem


def _named(message: str, selector: str) -> str:
    return message.replace(_FLAG, repr(shown(selector)), 1) if message.startswith(_FLAG) else message


def _bare(hint: str | None) -> str | None:
    return None if hint is None else hint.replace(f"{_FLAG} ", "", 1)
