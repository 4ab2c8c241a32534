"""Which deployment a project uses: written to `.env.local` and `.gitignore` (control-plane.md 1.12)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kitcn_repl.errors import KitcnError
from kitcn_repl.project.configuration import read_configuration
from kitcn_repl.project.env_edit import line_end_of, with_variable
from kitcn_repl.project.env_files import parse_env_file
from kitcn_repl.project.layout import project_at
from kitcn_repl.project.replacing import alone_in, check_writable, read_text, replace_text
from kitcn_repl.project.url_variables import suggested_names, url_changes

ENV_FILE = ".env.local"
VARIABLE = "CONVEX_DEPLOYMENT"
_HEADING = "# Deployment used by `npx convex dev`"
_ONE_WORD = re.compile(r"[A-Za-z0-9:/._@\[\]?&=%+~-]*")
"""Nothing that would end a value, quote it, or begin a comment."""
_IGNORED = re.compile(r"\.env\.local|\.env\.\*|\.env\*|.*\.local|\.env\*\.local")


@dataclass(frozen=True, slots=True)
class Written:
    """What was changed: variables set in `env_file`, whether `.gitignore` names it now, and what was left to do."""

    env_file: Path
    variables: Mapping[str, str]
    added_to_gitignore: bool = False
    made_functions_folder: Path | None = None
    problems: tuple[str, ...] = ()


def check_selection_can_be_written(folder: Path) -> None:
    """Raises KitcnError if `write_selection` could not write as things are now."""
    for name in (ENV_FILE, ".gitignore"):
        check_writable(folder / name)


def write_selection(
    folder: Path, value: str, *, team: str | None, project: str | None, cloud_url: str, site_url: str | None
) -> Written:
    """Make `value`, as CONVEX_DEPLOYMENT has it, the deployment of `folder`, with its addresses.

    Each file is changed whole or not at all, and two at once wait for each other. Raises KitcnError; `.env.local` is
    then as it was.
    """
    for text_from_outside in (value, team or "", project or "", cloud_url, site_url or ""):
        if not _ONE_WORD.fullmatch(text_from_outside):
            raise KitcnError(f"{text_from_outside!r} cannot stand in an env file as it is: nothing was written.")
    path = folder / ENV_FILE
    comment = None if team is None or project is None else f"team: {team}, project: {project}"
    with alone_in(folder):
        before = read_text(path)
        package = read_configuration(folder / "package.json")
        text = before
        changed: dict[str, str] = {}
        with_name = with_variable(text, VARIABLE, value, comment=comment, heading=_HEADING)
        if with_name is not None:
            text, changed = with_name, {VARIABLE: value}
        urls = url_changes(
            suggested_names(package), parse_env_file(text or ""), ENV_FILE, cloud=cloud_url, site=site_url
        )
        for name, address in urls.values.items():
            with_url = with_variable(text, name, address)
            if with_url is not None:
                text = with_url
                changed[name] = address
        # First, so that whoever is stopped in between leaves no file with keys to be committed.
        ignored = with_name is not None and _ignore(folder / ".gitignore")
        if text is not None and text != before:
            replace_text(path, text)
    made = _make_functions_folder(folder) if package is not None else None
    return Written(path, changed, ignored, made, urls.problems)


def _ignore(path: Path) -> bool:
    text = read_text(path) or ""
    # `*.local` and the like, as git reads them; comments and exceptions are none.
    if any(_IGNORED.fullmatch(line.rstrip()) for line in text.split("\n") if not line.startswith(("#", "!"))):
        return False
    end = line_end_of(text)
    replace_text(path, f"{text}{end}{ENV_FILE}{end}")
    return True


def _make_functions_folder(folder: Path) -> Path | None:
    functions = project_at(folder).functions_dir
    if functions.is_dir():
        return None
    try:
        functions.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise KitcnError(f"{functions} cannot be made: {error.strerror}.") from error
    return functions
