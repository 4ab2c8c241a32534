"""The forms that an answer has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

Form = Literal["error", "grid", "tree", "json", "logs"]
TITLES: dict[Form, str] = {"error": "Error", "grid": "Grid", "tree": "Tree", "json": "JSON", "logs": "Logs"}

TableOf = Callable[[str], str | None]
"""The table that an id belongs to; None for what is no id, and for ids of tables that nobody knows."""
