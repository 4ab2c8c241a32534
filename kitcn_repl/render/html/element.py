"""The one place where text becomes HTML: what is not `Html` already is made visible and escaped."""

from __future__ import annotations

from html import escape

from kitcn_repl.render.text import visible, visible_layout


class Html(str):
    """A piece of HTML that is complete and safe to put into a page."""

    __slots__ = ()


NOTHING = Html("")


def text(content: str) -> Html:
    """A line of text; characters that a terminal or a page would obey are made visible."""
    return content if isinstance(content, Html) else Html(escape(visible(content)))


def lines(content: str) -> Html:
    """As `text`, but newlines and tabs stay."""
    return content if isinstance(content, Html) else Html(escape(visible_layout(content)))


def join(*pieces: str) -> Html:
    return Html("".join(map(text, pieces)))


def element(name: str, *content: str, css: str = "", title: str | None = None, **attributes: str) -> Html:
    """`<name class=css ...>content</name>`."""
    if css:
        attributes["class"] = css
    if title is not None:
        attributes["title"] = title
    written = "".join(f' {key}="{text(value)}"' for key, value in attributes.items())
    return Html(f"<{name}{written}>{join(*content)}</{name}>")
