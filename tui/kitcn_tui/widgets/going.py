"""Widgets that are removed, and stand in the picture until the next layout."""

from __future__ import annotations

from textual.widget import Widget


def is_going(widget: Widget) -> bool:
    """Whether Textual has taken its styles away already: there is nothing to draw it with."""
    return not widget._component_styles
