"""When a new deployment ends, as people write it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kitcn_repl.errors import UsageError
from kitcn_repl.explore.deployments.expiration import parse_expiration

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp()
DAY = 86400


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7d", 7 * DAY),
        ("12h", DAY / 2),
        ("45m", 45 * 60),
        ("2w", 14 * DAY),
        ("in 7 days", 7 * DAY),
        ("IN 1 Day", DAY),
        ("in 45 minutes", 45 * 60),
        ("3 hours", 3 * 3600),
        (" 7d ", 7 * DAY),
        ("2026-03-02T12:00:00Z", DAY),
        ("2026-03-03", 1.5 * DAY),
        (str(int(NOW) + DAY), DAY),
        (str((int(NOW) + DAY) * 1000), DAY),
        ("365d", 365 * DAY),
        ("30m", 30 * 60),
    ],
)
def test_forms(text: str, seconds: float) -> None:
    assert parse_expiration(text, NOW) == (NOW + seconds) * 1000


def test_never() -> None:
    assert parse_expiration("none", NOW) is None
    assert parse_expiration("None", NOW) is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("soon", "is not understood; it is none, 45m"),
        ("", "is not understood"),
        ("7", "in the past"),
        ("-7d", "is not understood"),
        ("7y", "is not understood"),
        ("2026-02-30", "is not understood"),
        ("2026-13-01T00:00:00Z", "is not understood"),
        ("2026-02-01", "in the past"),
        ("0d", "in the past"),
        ("29m", "too soon"),
        ("366d", "too late"),
        ("999999999w", "too late"),
        ("9" * 40, "is not understood"),
    ],
)
def test_what_it_cannot_be(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        parse_expiration(text, NOW)
