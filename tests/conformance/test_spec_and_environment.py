"""`function-spec` and `env`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from kitcn_repl.offline.demo import demo_dataset
from tests.conformance.genuine import Clis, make_clis
from tests.support.node import node_modules
from tests.support.served import Served, served

ODD_VARIABLES = {
    "EMPTY": "",
    "SPACES": " around and within ",
    "QUOTES": 'it\'s "both"',
    "SINGLE": "it's",
    "DOUBLE": 'say "hi"',
    "HASH": "a#b #c",
    "DOLLAR": "$HOME ${X}",
    "BACKSLASH": "C:\\n",
    "LINES": "first\nsecond\n",
    "LINES_AND_QUOTE": "it's\nsecond",
    "JSON": '{"a": [1, "x"]}',
    "UNICODE": "ü 漢 🎉",
    "EQUALS": "a=b",
    "BACKTICK": "`x`",
}


@pytest.fixture(scope="module")
def odd_server() -> Iterator[Served]:
    node_modules()
    with served(replace(demo_dataset(), environment=ODD_VARIABLES)) as server:
        yield server


@pytest.fixture(scope="module")
def odd(odd_server: Served, tmp_path_factory: pytest.TempPathFactory) -> Clis:
    return make_clis(odd_server, tmp_path_factory.mktemp("odd"))


@pytest.mark.conforms("system query", "cli/convexUrl:cloudUrl")
@pytest.mark.conforms("cli function-spec")
def test_the_function_spec_is_the_same(clis: Clis) -> None:
    genuine, ours = clis.both("function-spec")
    assert genuine.exit_code == 0, genuine.stderr
    assert ours.stdout == genuine.stdout
    spec = json.loads(genuine.stdout)
    assert spec["url"] == clis.server.url
    assert {"users.js:list", "projects.js:rename"} <= {item.get("identifier") for item in spec["functions"]}


@pytest.mark.conforms("cli function-spec", "--file")
def test_the_function_spec_in_a_file_is_the_same(clis: Clis) -> None:
    written = []
    for run in (clis.genuine, clis.ours):
        assert run("function-spec", "--file").exit_code == 0
        [path] = clis.project.glob("function_spec_*.json")
        assert re.fullmatch(r"function_spec_\d{13}\.json", path.name)
        written.append(path.read_bytes())
        path.unlink()
    assert written[1] == written[0]
    assert json.loads(written[0])["url"] == clis.server.url


@pytest.mark.conforms("cli env list")
def test_the_variables_are_the_same(clis: Clis) -> None:
    genuine, ours = clis.both("env", "list")
    assert genuine.exit_code == 0, genuine.stderr
    assert b"DEPLOY_ENV=demo\n" in genuine.stdout
    assert ours.stdout == genuine.stdout


@pytest.mark.conforms("cli env list")
def test_odd_values_are_quoted_the_same_way(odd: Clis) -> None:
    genuine, ours = odd.both("env", "list")
    assert len(genuine.stdout.splitlines()) >= len(ODD_VARIABLES)
    assert ours.stdout == genuine.stdout


def test_the_genuine_cli_reads_and_changes_single_variables(odd: Clis) -> None:
    assert odd.genuine("env", "get", "JSON").stdout == b'{"a": [1, "x"]}\n'
    missing = odd.genuine("env", "get", "NOTHING")
    assert (missing.stdout, missing.exit_code) == (b"", 0)
    assert 'Environment variable "NOTHING" not found' in missing.stderr
    assert odd.genuine("env", "set", "FRESH", "some value").exit_code == 0
    assert odd.genuine("env", "get", "FRESH").stdout == b"some value\n"
    assert odd.genuine("env", "remove", "FRESH").exit_code == 0
    assert "FRESH" not in odd.server.offline.environment
    refused = odd.genuine("env", "set", "1ST", "x")
    assert refused.exit_code == 1
    assert "EnvironmentVariableNameInvalid" in refused.stderr
