"""kitcn-dark and kitcn-light."""

from __future__ import annotations

from typing import Final

from textual.theme import Theme

DEFAULT: Final = "kitcn-dark"

_DARK_TABLES = (
    "#7cc7e8", "#e8b04a", "#9fd07c", "#e89ac7", "#b7a5f5", "#5fd0b5",
    "#f0906f", "#c9c56b", "#8fb0ff", "#d99ae8", "#74cfa0", "#e6a58f",
)  # fmt: skip
_LIGHT_TABLES = (
    "#0b6a94", "#8a5a00", "#3d7016", "#a02d73", "#5b43b8", "#0c7060",
    "#a83e14", "#666000", "#2850b8", "#8a30a0", "#18704a", "#94452c",
)  # fmt: skip


def table_variables(*, dark: bool) -> dict[str, str]:
    """Theme variables `table-0` and so on: what tells tables apart, readable on the backgrounds of such a theme."""
    return {f"table-{number}": colour for number, colour in enumerate(_DARK_TABLES if dark else _LIGHT_TABLES)}


TABLE_COLOURS: Final = len(_DARK_TABLES)

KITCN_DARK: Final = Theme(
    name="kitcn-dark",
    dark=True,
    primary="#4fd1b5",
    secondary="#7c9cf5",
    accent="#f2b366",
    warning="#e9c46a",
    error="#f7768e",
    success="#8fce7e",
    foreground="#dfe3ea",
    background="#101318",
    surface="#161a21",
    panel="#1e242d",
    boost="#ffffff0a",
    variables={
        "block-cursor-background": "#4fd1b5",
        "block-cursor-foreground": "#0b1512",
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "#24473f",
        "block-cursor-blurred-foreground": "#dfe3ea",
        "block-hover-background": "#1c222b",
        "border": "#4fd1b5",
        "border-blurred": "#2a313c",
        "footer-background": "#161a21",
        "footer-key-foreground": "#4fd1b5",
        "footer-key-background": "#161a21",
        "footer-description-foreground": "#9aa4b2",
        "footer-description-background": "#161a21",
        "input-selection-background": "#4fd1b54d",
        "scrollbar": "#2c3440",
        "scrollbar-hover": "#3b4553",
        "scrollbar-active": "#4fd1b5",
        "scrollbar-background": "#12161c",
        "scrollbar-background-hover": "#12161c",
        "scrollbar-background-active": "#12161c",
        "scrollbar-corner-color": "#12161c",
        "text-primary": "#6fdcc4",
        "link-color": "#7cc7e8",
    },
)

KITCN_LIGHT: Final = Theme(
    name="kitcn-light",
    dark=False,
    primary="#0c7a68",
    secondary="#3355b5",
    accent="#a85a00",
    warning="#946200",
    error="#b3213f",
    success="#33762a",
    foreground="#20262e",
    background="#fbfaf6",
    surface="#f3f1ea",
    panel="#e8e5db",
    boost="#0000000a",
    variables={
        "block-cursor-background": "#0c7a68",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "#c4e0d9",
        "block-cursor-blurred-foreground": "#20262e",
        "block-hover-background": "#ece9e0",
        "border": "#0c7a68",
        "border-blurred": "#d5d1c4",
        "footer-background": "#f3f1ea",
        "footer-key-foreground": "#0c7a68",
        "footer-key-background": "#f3f1ea",
        "footer-description-foreground": "#5a6270",
        "footer-description-background": "#f3f1ea",
        "input-selection-background": "#0c7a6840",
        "scrollbar": "#cfcabc",
        "scrollbar-hover": "#b9b3a2",
        "scrollbar-active": "#0c7a68",
        "scrollbar-background": "#f3f1ea",
        "scrollbar-background-hover": "#f3f1ea",
        "scrollbar-background-active": "#f3f1ea",
        "scrollbar-corner-color": "#f3f1ea",
        "link-color": "#0b6a94",
    },
)

OURS: Final = (KITCN_DARK, KITCN_LIGHT)
