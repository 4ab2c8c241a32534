"""The libraries of data frames, which nobody has to install."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from kitcn_repl.errors import KitcnError


class MissingLibraryError(KitcnError):
    """A data frame was asked for whose library is not installed."""


def library(name: str) -> Any:
    """The module. Raises MissingLibraryError."""
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        raise MissingLibraryError(f"{name} is not installed.", hint=f"Install it: pip install {name}") from error


def well_formed(value: Any) -> Any:
    """The value with texts that UTF-8 can hold, however deep they are: a half of a surrogate pair becomes U+FFFD, as
    JavaScript's `toWellFormed` does it."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [well_formed(item) for item in value]
    if isinstance(value, dict):
        return {name: well_formed(item) for name, item in value.items()}
    return value
