"""Commands that we do not have: handed to the project's own npm kitcn, or convex, as they were typed."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitcn_repl.cli.environment import Environment
from kitcn_repl.errors import KitcnError, UsageError
from kitcn_repl.render.text import visible

if TYPE_CHECKING:
    from pathlib import Path

    from kitcn_repl.project.npm import NodeProgram

KITCN_COMMANDS = (
    "init", "dev", "verify", "codegen", "add", "view", "info", "docs", "auth", "deploy", "migrate", "aggregate",
    "analyze", "reset",
)  # fmt: skip
"""What npm's kitcn has of its own; everything else it hands to convex."""
CONVEX_COMMANDS = (
    "init", "reinit", "dev", "deploy", "deployments", "run", "import", "dashboard", "docs", "logs", "typecheck", "auth",
    "export", "env", "data", "deployment", "project", "codegen", "update", "login", "logout", "network-test",
    "integration", "function-spec", "insights", "mcp", "ai-files",
)  # fmt: skip
SUBCOMMANDS: Mapping[str, tuple[str, ...]] = {
    "deployment": ("token", "usage", "usage-limits"),
    "env": ("push", "pull"),
}
"""What they have in groups of ours."""
_VALUE_FLAGS = (
    "--deployment", "--snapshot", "--preview-name", "--deployment-name", "--env-file", "--url", "--admin-key",
)  # fmt: skip
_THEIR_FLAGS = ("--backend", "--config")
"""Flags of npm's kitcn that may stand before the command; a value follows them."""

_GUARD = "KITCN_HANDED_OVER"
_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class ForeignCommand:
    """A command that is not ours: `dev`, or `deployment token`."""

    words: tuple[str, ...]

    @property
    def is_known(self) -> bool:
        """Whether we know whose it is; new releases of theirs may have more."""
        return len(self.words) > 1 or self.words[0] in (*KITCN_COMMANDS, *CONVEX_COMMANDS)

    def __str__(self) -> str:
        return " ".join(self.words)


def foreign_command(argv: Sequence[str], ours: Container[str]) -> ForeignCommand | None:
    """The command in `argv` that is not ours, if there is one. Only flags may stand before it."""
    group = None
    at = 0
    while at < len(argv):
        word = argv[at]
        at += 1
        if word == "--":
            return None
        if word.startswith("-"):
            name, equals, _ = word.partition("=")
            if not equals and (name in _VALUE_FLAGS or (group is None and name in _THEIR_FLAGS)):
                at += 1
        elif group is not None:
            return ForeignCommand((group, word)) if word in SUBCOMMANDS[group] else None
        elif word not in ours:
            return ForeignCommand((word,))
        elif word in SUBCOMMANDS:
            group = word
        else:
            return None
    return None


def pass_on(argv: Sequence[str], command: ForeignCommand, environment: Environment, ours: Sequence[str]) -> int:
    """Hand over, or say what can be done instead. Raises KitcnError; UsageError for a word that is nobody's."""
    if not command.is_known:
        from kitcn_repl.cli.click_parts import did_you_mean

        word = command.words[0]
        near = did_you_mean(word, ours)
        if not is_there(environment):
            choices = [*ours, *dict.fromkeys((*KITCN_COMMANDS, *CONVEX_COMMANDS))]
            raise UsageError(f"No such command {word!r}.{near or did_you_mean(word, choices)}")
        if near:
            style = environment.err_style
            environment.stderr.write(style.dim(f"No command {visible(word)!r} here.{near} Asking npm's kitcn.") + "\n")
    return hand_over(argv, environment, str(command))


def hand_over(argv: Sequence[str], environment: Environment, command: str) -> int:
    """Become the project's own program with exactly these arguments; its exit code, where that cannot be done.

    Raises KitcnError without the package or without Node, and when the program comes back to us with the same.
    """
    import shutil

    starts = _starts(environment)
    program = _program(command.split()[0], starts)
    if program is None:
        raise KitcnError(_missing(visible(command), starts))
    node = shutil.which("node", path=environment.variables.get("PATH"))
    if node is None:
        raise KitcnError(
            f"kitcn {command} is run by the project's own {program.package}, which needs Node.js:"
            " install it from https://nodejs.org."
        )
    guard = _guarded(argv, environment, program)
    # Without the dashes Node 20 takes an --env-file behind the program for its own.
    return environment.execute([node, "--", str(program.path), *argv], {**environment.variables, _GUARD: guard})


def is_there(environment: Environment) -> bool:
    """Whether there is a program to hand anything to."""
    from kitcn_repl.project.npm import find_program

    starts = _starts(environment)
    return any(find_program(package, starts) is not None for package in ("kitcn", "convex"))


def _program(command: str, starts: Sequence[Path]) -> NodeProgram | None:
    """npm's kitcn takes everything; convex takes what kitcn has not of its own."""
    from kitcn_repl.project.npm import find_program

    kitcn = find_program("kitcn", starts)
    if kitcn is not None:
        return kitcn
    if command in KITCN_COMMANDS and command not in CONVEX_COMMANDS:
        return None
    return find_program("convex", starts)


def _starts(environment: Environment) -> list[Path]:
    """Where to look: here and upwards, then in the project of a workspace."""
    import os
    from pathlib import Path

    from kitcn_repl.project.layout import find_project

    here = Path(os.path.normpath(environment.cwd.absolute()))
    try:
        project = find_project(here)
    except KitcnError:  # several: whoever is meant, its packages may be the workspace's
        return [here]
    return [here] if project is None or here.is_relative_to(project.root) else [here, project.root]


def _missing(command: str, starts: Sequence[Path]) -> str:
    from kitcn_repl.project.npm import depends_on, install

    first = command.split()[0]
    packages = ("kitcn",) if first in KITCN_COMMANDS and first not in CONVEX_COMMANDS else ("kitcn", "convex")
    wanted = next((package for package in packages if depends_on(package, starts)), None)
    if wanted is not None:
        return (
            f"kitcn {command} is run by the project's own npm package {wanted}, which is not installed:"
            f" run {install(starts)}."
        )
    if first == "init":
        return "kitcn init is a command of the npm package kitcn, and there is none here: run npx kitcn@latest init."
    return (
        f"kitcn {command} is a command of the npm package {' or '.join(packages)}, and there is none here: run it in"
        f" your project's folder, or run {install(starts, packages[0])} there."
    )


def _guarded(argv: Sequence[str], environment: Environment, program: NodeProgram) -> str:
    """What tells a program that comes back to us with the same arguments from one that has us do something else."""
    import hashlib

    told = "\0".join((str(environment.cwd), str(program.path), *argv)).encode("utf-8", "surrogateescape")
    mark = hashlib.sha256(told).hexdigest()[:16]
    before = [one for one in environment.variables.get(_GUARD, "").split(",") if one]
    if mark in before or len(before) >= _DEEPEST:
        raise KitcnError(
            f"{program.path} starts this kitcn again instead of doing its work:"
            f" install the npm package {program.package} again."
        )
    return ",".join((*before, mark))
