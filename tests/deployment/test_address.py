from __future__ import annotations

import pytest

from kitcn_repl.deployment.address import Address, parse_address
from kitcn_repl.errors import UsageError


@pytest.mark.parametrize(
    ("url", "address", "shown"),
    [
        (
            "https://happy-otter-123.convex.cloud",
            Address("https", "happy-otter-123.convex.cloud", 443),
            "https://happy-otter-123.convex.cloud",
        ),
        ("http://127.0.0.1:3210/", Address("http", "127.0.0.1", 3210), "http://127.0.0.1:3210"),
        (" HTTP://LocalHost:80 \n", Address("http", "localhost", 80), "http://localhost"),
        ("http://[::1]:3210", Address("http", "::1", 3210), "http://[::1]:3210"),
        (
            "https://example.com/convex/backend/",
            Address("https", "example.com", 443, "/convex/backend"),
            "https://example.com/convex/backend",
        ),
        ("https://bücher.example", Address("https", "xn--bcher-kva.example", 443), "https://xn--bcher-kva.example"),
    ],
)
def test_takes_urls_apart(url: str, address: Address, shown: str) -> None:
    assert parse_address(url) == address
    assert address.url == shown


@pytest.mark.parametrize(
    ("url", "advice"),
    [
        ("", "http://"),
        ("happy-otter-123.convex.cloud", "try https://happy-otter-123.convex.cloud"),
        ("127.0.0.1:3210", "try http://127.0.0.1:3210"),
        ("localhost:3210", "try http://localhost:3210"),
        ("ftp://example.com", "try https://example.com"),
        ("https://", "http:// or https://"),
        ("http://example.com:port", "cannot be read"),
        ("http://example.com:99999", "cannot be read"),
        ("http://[::1", "cannot be read"),
        ("https://user:hunter22@example.com", "credentials"),
        ("https://example.com?adminKey=hunter22", "query"),
        ("https://example.com#hunter22", "fragment"),
        ("dev:happy-otter-123|hunter22", "--admin-key"),
        ("https://exa mple.com", "space"),
        ("https://happy-otter-123.convex.site", ".convex.cloud"),
        (f"https://{'ü' * 80}.example", "cannot be read"),
    ],
)
def test_refuses_what_is_no_deployment_url(url: str, advice: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_address(url)
    assert advice in caught.value.message
    assert "\n" not in caught.value.message
    assert "hunter22" not in caught.value.message


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:3210", True),
        ("http://localhost:3210", True),
        ("http://[::1]:3210", True),
        ("http://app.localhost", True),
        ("https://happy-otter-123.convex.cloud", False),
        ("http://192.168.1.5:3210", False),
    ],
)
def test_knows_loopback(url: str, expected: bool) -> None:
    assert parse_address(url).is_loopback is expected
