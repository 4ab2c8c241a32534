from __future__ import annotations

from pathlib import Path

import pytest

from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.calling import (
    function_path,
    functions_directory,
    parse_arguments,
    parse_identity,
)


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("messages:list", "messages:list"),
        ("messages", "messages:default"),
        ("dir/messages:list", "dir/messages:list"),
        ("api.messages.list", "messages:list"),
        ("internal.dir.messages.list", "dir/messages:list"),
        ("messages.ts:list", "messages:list"),
        ("messages.js", "messages:default"),
        ("convex/messages.ts:list", "messages:list"),
        ("convex/dir/messages:list", "dir/messages:list"),
        ("convex/messages", "messages:default"),
    ],
)
def test_function_names(written: str, path: str, tmp_path: Path) -> None:
    assert function_path(written, tmp_path) == path


def test_a_directory_of_the_same_name_inside_wins(tmp_path: Path) -> None:
    inner = tmp_path / "convex" / "convex"
    inner.mkdir(parents=True)
    (inner / "messages.ts").write_text("")
    assert function_path("convex/messages.ts:list", tmp_path) == "convex/messages:list"
    assert function_path("convex/messages:list", tmp_path) == "convex/messages:list"
    assert function_path("convex/other:list", tmp_path) == "other:list"


def test_a_name_with_too_few_parts(tmp_path: Path) -> None:
    with pytest.raises(KitcnError, match="too few parts"):
        function_path("api.messages", tmp_path)


@pytest.mark.parametrize(
    ("config", "directory"),
    [
        ('{"functions": "convex/functions"}', "convex/functions/"),
        ('{"functions": "./src/convex/"}', "src/convex/"),
        ('{"functions": 5}', "convex/"),
        ("[]", "convex/"),
        ("not json", "convex/"),
    ],
)
def test_the_directory_of_functions(config: str, directory: str, tmp_path: Path) -> None:
    assert functions_directory(tmp_path) == "convex/"
    (tmp_path / "convex.json").write_text(config)
    assert functions_directory(tmp_path) == directory


def test_arguments_are_json5_in_encoded_form() -> None:
    assert parse_arguments("{limit: 5, n: {$integer: 'ewAAAAAAAAA='}, x: Infinity}") == {
        "limit": 5,
        "n": {"$integer": "ewAAAAAAAAA="},
        "x": {"$float": "AAAAAAAA8H8="},
    }


@pytest.mark.parametrize("text", ["5", "[1]", '"x"', "{", "{$integer: 'ewAAAAAAAAA='}", "{a: {$integer: 5}}"])
def test_other_arguments_are_refused(text: str) -> None:
    with pytest.raises(KitcnError) as caught:
        parse_arguments(text)
    assert "\n" not in caught.value.message


def test_an_identity_gets_the_genuine_defaults() -> None:
    identity = parse_identity("{name: 'Ada'}")
    assert identity["issuer"] == "https://convex.test"
    assert identity["tokenIdentifier"] == f"https://convex.test|{identity['subject']}"
    assert parse_identity("{subject: 's', issuer: 'i'}")["tokenIdentifier"] == "i|s"
    with pytest.raises(KitcnError, match="identity"):
        parse_identity("5")
    with pytest.raises(KitcnError, match="identity"):
        parse_identity("{")
