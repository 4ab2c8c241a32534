"""The text that names a deployment."""

from __future__ import annotations

import pytest

from kitcn_repl.errors import UsageError
from kitcn_repl.targets.selectors import (
    LocalNameSelector,
    NameSelector,
    OfflineSelector,
    ProjectSelector,
    Selector,
    UrlSelector,
    parse_selector,
)


@pytest.mark.parametrize(
    ("text", "selector"),
    [
        ("demo", OfflineSelector("demo")),
        ("snapshot:a/b.zip", OfflineSelector("snapshot", "a/b.zip")),
        ("sqlite:C:\\data\\x.sqlite3", OfflineSelector("sqlite", "C:\\data\\x.sqlite3")),
        ("https://happy-otter-123.convex.cloud", UrlSelector("https://happy-otter-123.convex.cloud")),
        ("http://127.0.0.1:3210", UrlSelector("http://127.0.0.1:3210")),
        ("happy-otter-123", NameSelector("happy-otter-123")),
        ("dev:happy-otter-123", NameSelector("happy-otter-123")),
        ("prod:happy-otter-123", NameSelector("happy-otter-123")),
        ("custom:happy-otter-123", NameSelector("happy-otter-123")),
        ("local-acme-chess", LocalNameSelector("local-acme-chess")),
        ("local:local-acme-chess", LocalNameSelector("local-acme-chess")),
        ("anonymous-chess", LocalNameSelector("anonymous-chess")),
        ("anonymous:anonymous-chess", LocalNameSelector("anonymous-chess")),
        ("dev", ProjectSelector("dev")),
        ("dev/james", ProjectSelector("dev/james")),
        ("Happy-Otter-123", ProjectSelector("Happy-Otter-123")),
        ("happy-otter-12a", ProjectSelector("happy-otter-12a")),
        ("go:happy-otter-123", ProjectSelector("happy-otter-123", "go")),
        ("chess:staging", ProjectSelector("staging", "chess")),
        ("acme:chess:prod", ProjectSelector("prod", "chess", "acme")),
        ("chess:local", ProjectSelector("local", "chess")),
    ],
)
def test_forms(text: str, selector: Selector) -> None:
    assert parse_selector(text) == selector


@pytest.mark.parametrize("text", ["", ":", "a:", ":a", "a::b", "a:b:c:d", "two words", "a:b c"])
def test_texts_that_name_nothing(text: str) -> None:
    with pytest.raises(UsageError, match="TEAM:PROJECT:REFERENCE"):
        parse_selector(text)


def test_a_key_is_not_repeated() -> None:
    with pytest.raises(UsageError, match="CONVEX_DEPLOY_KEY") as caught:
        parse_selector("prod:happy-otter-123|topsecret")
    assert "topsecret" not in caught.value.message


def test_a_selector_can_be_written_down() -> None:
    for text in ("dev", "chess:staging", "acme:chess:dev/james"):
        assert str(parse_selector(text)) == text
