"""Styles of component classes for widgets that draw their lines themselves."""

from __future__ import annotations

from rich.style import Style
from textual.widget import Widget


def tone(widget: Widget, name: str) -> Style:
    """The text style of a component, without a background. Its colour is solid: rich knows no transparent ones."""
    styles = widget.get_component_styles(name)
    background = widget.background_colors[1]
    colour = background.get_contrast_text(styles.color.a) if styles.auto_color else styles.color
    if colour.ansi is None:
        colour = background + colour
    return Style(color=colour.rich_color) + Style.parse(str(styles.text_style))
