"""The pages of docs/reference, made from the code: `python -m tools.reference` writes them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from kitcn_tui.shell.keys_page import page as keys_page

from tools.reference.commands import commands_page
from tools.reference.exit_codes import exit_codes_page
from tools.reference.formats import formats_page
from tools.reference.magics import magics_page
from tools.reference.python_api import python_page
from tools.reference.settings import settings_page
from tools.reference.shell import shell_page

FOLDER: Final = Path(__file__).parents[2] / "docs" / "reference"
COMMAND: Final = "python -m tools.reference"

PAGES: Final[dict[str, Callable[[], str]]] = {
    "commands": commands_page,
    "exit-codes": exit_codes_page,
    "formats": formats_page,
    "keys": keys_page,
    "magics": magics_page,
    "python": python_page,
    "settings": settings_page,
    "shell": shell_page,
}


def write_pages() -> None:
    """Write every page anew."""
    for name, page in PAGES.items():
        (FOLDER / f"{name}.md").write_text(page(), encoding="utf-8")
