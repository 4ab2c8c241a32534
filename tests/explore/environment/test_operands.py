"""What is compared, as it is written."""

from __future__ import annotations

import pytest

from kitcn_repl.errors import UsageError
from kitcn_repl.explore.environment.defaults import parse_type
from kitcn_repl.explore.environment.sides import OfDefaults, OfDeployment, OfFile, Operand, parse_operand


@pytest.mark.parametrize(
    ("text", "operand"),
    [
        ("prod", OfDeployment("prod")),
        ("dev/james", OfDeployment("dev/james")),
        ("acme:chess:dev", OfDeployment("acme:chess:dev")),
        ("sqlite:a.sqlite3", OfDeployment("sqlite:a.sqlite3")),
        ("https://x.convex.cloud", OfDeployment("https://x.convex.cloud")),
        ("default", OfDefaults()),
        ("default:dev", OfDefaults("dev")),
        ("default:production", OfDefaults("prod")),
        ("default:chess:preview", OfDefaults("preview", "chess")),
        ("default:acme:chess:preview", OfDefaults("preview", "acme:chess")),
        ("file:prod", OfFile("prod")),
        (".env.local", OfFile(".env.local")),
        ("./a/b", OfFile("./a/b")),
        ("/etc/x", OfFile("/etc/x")),
        ("~/x", OfFile("~/x")),
        ("-", OfFile(None)),
    ],
)
def test_operands(text: str, operand: Operand) -> None:
    assert parse_operand(text) == operand


@pytest.mark.parametrize("text", ["default:", "default::dev", "default:a:b:c:dev", "default:nope"])
def test_no_operands(text: str) -> None:
    with pytest.raises(UsageError):
        parse_operand(text)


def test_types() -> None:
    assert [parse_type(text) for text in ("dev", "preview", "prod", "custom", "development", "production")] == [
        "dev", "preview", "prod", "custom", "dev", "prod",
    ]  # fmt: skip
    for text, near in (("previw", "preview"), ("prd", "prod"), ("DEV", "dev"), ("developmen", "dev")):
        with pytest.raises(UsageError, match=f"Did you mean '{near}'"):
            parse_type(text)
    with pytest.raises(UsageError, match="one of dev, preview, prod"):
        parse_type("bogus")
