"""`kitcn deployment show` and `list`: which deployments there are, and which one is used."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.workplace import DEV, At, at_work
from tests.support.control_plane import half_an_answer, html, refused, status
from tests.support.control_plane.small_world import PROJECT_KEY


@pytest.fixture
def at(tmp_path: Path) -> Iterator[At]:
    with at_work(tmp_path) as place:
        yield place


def names(outcome: Any) -> list[str]:
    return [row["name"] for row in json.loads(outcome.out)]


CHESS = [
    "happy-otter-101", "quick-fox-102", "calm-cow-104", "brave-cat-103", "shy-bee-105", "odd-elk-106",
]  # fmt: skip


def test_a_table_of_the_projects_deployments(at: At) -> None:
    outcome = at("deployment", "list", tty=True, width=100)
    assert outcome.code == 0
    lines = outcome.out.splitlines()
    assert lines[0].split() == ["deployment", "type", "reference", "age", "by", "expires", "region", "class"]
    assert lines[2].startswith("*  happy-otter-101  dev      dev/ada (default)")
    assert [line[3:].split()[0] for line in lines[2:]] == CHESS
    assert "  us      s16" in lines[2]
    assert "  eu      s16" in lines[7]
    assert "  Bob  " in lines[3]
    assert outcome.lines == [
        "* is used here: happy-otter-101 (CONVEX_DEPLOYMENT in .env.local)",
        "These are of acme:chess; --all lists those of all projects.",
    ]


def test_it_fits_a_terminal_of_80_columns(at: At) -> None:
    outcome = at("deployment", "list", tty=True)
    assert all(len(line) <= 80 for line in outcome.out.splitlines())
    assert "not shown" not in outcome.err


def test_machine_formats_say_everything(at: At) -> None:
    rows = json.loads(at("deployment", "list", "--format", "json").out)
    assert rows[0] == {
        "name": "happy-otter-101",
        "type": "dev",
        "reference": "dev/ada",
        "isDefault": True,
        "team": "acme",
        "project": "chess",
        "region": "aws-us-east-1",
        "class": "s16",
        "created": "2025-10-09T08:53:20Z",
        "lastDeployed": None,
        "creator": "Ada",
        "expires": None,
        "url": at.world.deployments[0].url,
        "dashboard": "http://localhost:6789/t/acme/chess/happy-otter-101",
        "state": None,
        "device": None,
        "selected": True,
        "reason": "CONVEX_DEPLOYMENT in .env.local",
    }
    assert [row["selected"] for row in rows].count(True) == 1
    assert rows[4]["expires"] == "2030-03-17T17:46:40Z"
    lines = at("deployment", "list", "--format", "jsonl").out.splitlines()
    assert [json.loads(line) for line in lines] == rows
    table = list(csv.DictReader(io.StringIO(at("deployment", "list", "--format", "csv").out)))
    assert [row["name"] for row in table] == CHESS
    assert table[0]["expires"] == ""
    assert at("deployment", "list", "--format", "markdown").out.startswith("| name | type |")


def test_every_project_of_every_team_and_every_page_of_them(at: At) -> None:
    at.world.page_size = 3
    chess = at.world.projects[0]
    for number in range(20):
        at.world.add_project(chess.team, f"p{number}")
        at.world.add(at.world.projects[-1], f"many-more-{number}", "dev", reference="dev/ada")
    found = json.loads(at("deployment", "list", "--all", "--format", "json").out)
    assert {row["name"] for row in found} == {one.name for one in at.world.deployments}
    assert all(row["project"] for row in found)
    assert at("deployment", "list", "--all", tty=True, width=120).out.splitlines()[0].split()[3] == "project"


def test_without_a_project_all_of_them_are_listed(at: At) -> None:
    at.env_file.unlink()
    outcome = at("deployment", "list", "--format", "json")
    assert outcome.code == 0
    assert len(names(outcome)) == len(at.world.deployments)
    assert outcome.lines == ["None is selected here; kitcn deployment select SELECTOR selects one."]


def test_a_selected_deployment_that_is_gone_is_told_and_all_others_listed(at: At) -> None:
    at.env_file.write_text("CONVEX_DEPLOYMENT=dev:gone-girl-1\n")
    outcome = at("deployment", "list", "--format", "json")
    assert outcome.code == 0
    assert len(names(outcome)) == len(at.world.deployments)
    assert "CONVEX_DEPLOYMENT in .env.local: There is no such deployment" in outcome.err


@pytest.mark.parametrize(
    ("flags", "selected"),
    [
        (["--prod"], "brave-cat-103"),
        (["--deployment", "staging"], "calm-cow-104"),
        (["--deployment", "dev"], "happy-otter-101"),
        (["--preview-name", "pr-1"], "shy-bee-105"),
        (["--deployment-name", "merry-hen-201"], "merry-hen-201"),
        (["--deployment", "go:prod"], "grand-ram-202"),
    ],
)
def test_flags_say_which_one_is_meant(flags: list[str], selected: str, at: At) -> None:
    rows = json.loads(at("deployment", "list", *flags, "--format", "json").out)
    assert [row["name"] for row in rows if row["selected"]] == [selected]


def test_local_and_anonymous_ones_are_there_too(at: At) -> None:
    ada, chess = at.world.members[0], at.world.projects[0]
    local = at.world.add(chess, "local-acme-chess", "dev", creator=ada, port=1)
    at.place.local_state(local, project_id=chess.id)
    home = at.place.home / at.plane.config_directory / "anonymous-convex-backend-state" / "anonymous-go"
    home.mkdir(parents=True)
    (home / "config.json").write_text('{"ports": {"cloud": 2, "site": 3}, "adminKey": "anonymous-go|k"}')
    rows = {row["name"]: row for row in json.loads(at("deployment", "list", "--format", "json").out)}
    assert rows["local-acme-chess"]["type"] == "local"
    assert (rows["local-acme-chess"]["state"], rows["local-acme-chess"]["project"]) == ("stopped", "chess")
    assert rows["anonymous-go"]["type"] == "anonymous"
    assert rows["anonymous-go"]["url"] == "http://127.0.0.1:2"


def test_nobody_is_logged_in_and_there_is_a_local_one(tmp_path: Path) -> None:
    with at_work(tmp_path, env_local=None, token=None) as at:
        outcome = at("deployment", "list")
        assert outcome.code == 4
        assert outcome.out == ""
        assert "kitcn login" in outcome.err
        anonymous = at.world.add(at.world.projects[0], "anonymous-x", "dev", port=1, is_registered=False)
        at.place.local_state(anonymous)
        outcome = at("deployment", "list", "--format", "json")
        assert outcome.code == 0
        assert names(outcome) == ["anonymous-x"]
        assert "Only deployments on this machine are shown." in outcome.err
        assert "kitcn login" in outcome.err


def test_a_self_hosted_deployment_needs_no_login(tmp_path: Path) -> None:
    text = "CONVEX_SELF_HOSTED_URL=http://127.0.0.1:9\nCONVEX_SELF_HOSTED_ADMIN_KEY=mine|0123abc\n"
    with at_work(tmp_path, env_local=text, token=None) as at:
        rows = json.loads(at("deployment", "list", "--format", "json").out)
        assert [(row["type"], row["url"], row["selected"]) for row in rows] == [
            ("self-hosted", "http://127.0.0.1:9", True)
        ]
        assert at.plane.requests == []


def test_keys_see_what_they_may_see(tmp_path: Path) -> None:
    with at_work(tmp_path, env_local=None, token=None) as at:
        found = at("deployment", "list", "--format", "json", env={"CONVEX_DEPLOY_KEY": PROJECT_KEY})
        assert names(found) == CHESS
        assert json.loads(found.out)[0]["reason"] == "CONVEX_DEPLOY_KEY in the environment"
        elk = at.world.deployment("odd-elk-106")
        assert elk is not None
        found = at("deployment", "list", "--format", "json", env={"CONVEX_DEPLOY_KEY": elk.key})
        assert names(found) == ["odd-elk-106"]
        assert "may see its own deployment only" in found.err


def test_show_says_which_and_why(at: At) -> None:
    outcome = at("deployment", "show")
    assert outcome.code == 0
    shown = dict(line.split(maxsplit=1) for line in outcome.out.splitlines())
    assert shown["deployment"] == "happy-otter-101"
    assert shown["why"] == "CONVEX_DEPLOYMENT in .env.local"
    assert shown["reference"] == "dev/ada (default)"
    assert shown["project"] == "acme:chess"
    assert shown["url"] == at.world.deployments[0].url
    assert shown["dashboard"] == "http://localhost:6789/t/acme/chess/happy-otter-101"
    assert shown["created"].endswith(" ago) by Ada")


def test_show_opens_nothing(at: At) -> None:
    assert at("deployment", "show", "prod").code == 0
    assert not [request for request in at.plane.asked() if "authorize" in request]
    assert at.plane.reached() == []


def test_show_in_a_sub_directory_and_of_a_selector(at: At) -> None:
    deep = at.folder / "convex" / "deep"
    deep.mkdir()
    row = json.loads(at("deployment", "show", "--format", "json", cwd=deep).out)
    assert (row["name"], row["reason"]) == ("happy-otter-101", "CONVEX_DEPLOYMENT in ../../.env.local")
    for selector, name in (("prod", "brave-cat-103"), ("umbrella:chess:dev", "wise-owl-301"), ("quick-fox-102",) * 2):
        assert json.loads(at("deployment", "show", selector, "--format", "json").out)["name"] == name
    assert json.loads(at("deployment", "show", "--preview-name", "pr-1", "--format", "json").out)["type"] == "preview"


@pytest.mark.parametrize("selector", ["demo", "--demo"])
def test_show_of_an_offline_deployment(selector: str, at: At) -> None:
    shown = at("deployment", "show", selector)
    assert shown.code == 0
    assert shown.out.splitlines()[0] == "deployment  demo"
    assert at.plane.requests == []


@pytest.mark.parametrize("kind", ["sqlite", "snapshot"])
def test_show_of_a_file_that_is_not_there(kind: str, at: At) -> None:
    shown = at("deployment", "show", f"{kind}:nope")
    assert (shown.code, shown.err) == (3, f"Error: There is no file {at.folder / 'nope'}.\n")
    assert shown.out.splitlines()[0] == "deployment  nope"


def test_show_of_a_local_one(at: At) -> None:
    chess = at.world.projects[0]
    local = at.world.add(chess, "local-acme-chess", "dev", creator=at.world.members[0], port=1)
    at.place.local_state(local, project_id=chess.id)
    row = json.loads(at("deployment", "show", "local", "--format", "json").out)
    assert (row["name"], row["state"], row["project"]) == ("local-acme-chess", "stopped", "chess")
    at.plane.fail("/", status(500))
    row = json.loads(at("deployment", "show", "local", "--format", "json").out)
    assert (row["name"], row["project"]) == ("local-acme-chess", None)


def test_show_without_a_login_says_what_it_knows(tmp_path: Path) -> None:
    with at_work(tmp_path, token=None) as at:
        outcome = at("deployment", "show")
        assert outcome.code == 4
        assert outcome.out.splitlines()[0] == "deployment  happy-otter-101"
        assert outcome.err.startswith("Error: You are not logged in to Convex")


def test_show_of_nothing(at: At) -> None:
    assert at("deployment", "show", "nowhere").code == 3
    gone = at("deployment", "show", "no-such-1")
    assert (gone.code, len(gone.lines)) == (3, 1)
    at.env_file.unlink()
    assert at("deployment", "show").code == 3


FAULTS = [
    (status(500), 4, "cannot answer now (HTTP 500)"),
    (refused(401, "AccessTokenInvalid", "The token is invalid"), 4, "kitcn login"),
    (refused(403, "OperationNotPermitted", "You may not"), 4, "You may not"),
    (status(404), 4, "404"),
    (status(429, retry_after=60), 4, "is asked too often: try again in 60 s"),
    (html(), 4, "instead of JSON"),
    (half_an_answer(), 4, "stopped in the middle"),
]


@pytest.mark.parametrize(("fault", "code", "says"), FAULTS, ids=[says for *_, says in FAULTS])
@pytest.mark.parametrize("command", ["list", "show"])
def test_a_service_that_is_ill(command: str, fault: Any, code: int, says: str, at: At) -> None:
    at.plane.fail("/", fault)
    outcome = at("deployment", command)
    assert outcome.code == code
    assert says in outcome.err
    assert len(outcome.lines) == 1
    assert at.env_file.read_text() == DEV


def test_a_service_that_is_not_there_and_a_login_file_that_is_broken(at: At) -> None:
    outcome = at("deployment", "list", env={"CONVEX_PROVISION_HOST": "http://127.0.0.1:1"})
    assert (outcome.code, len(outcome.lines)) == (4, 1)
    config = at.place.home / at.plane.config_directory / "config.json"
    config.write_text("{")
    outcome = at("deployment", "list")
    assert (outcome.code, len(outcome.lines)) == (4, 1)
    assert outcome.lines[0].endswith("config.json is not a JSON object: mend or remove it. Log in with: kitcn login")
    for command in ("deployment show", "deployment select staging", "env list", "env default list"):
        assert "config.json is not a JSON object: mend or remove it. Log in with" in at(*command.split()).err
    assert config.read_text() == "{"


def test_above_several_projects_all_are_listed(at: At) -> None:
    root = at.folder.parent
    (root / "package.json").write_text('{"workspaces": ["project", "other"]}')
    (root / "other" / "convex").mkdir(parents=True)
    (root / "other" / "package.json").write_text('{"dependencies": {"convex": "*"}}')
    assert len(names(at("deployment", "list", "--format", "json", cwd=root))) == len(at.world.deployments)
    assert at("login", "status", cwd=root).code == 0
    outcome = at("deployment", "select", "acme:chess:staging", cwd=root)
    assert (outcome.code, "holds 2 projects with convex: other, project" in outcome.err) == (1, True)


def test_a_contradiction_is_one(at: At) -> None:
    assert at("deployment", "show", "dev", "--deployment", "prod").code == 2
    assert at("deployment", "list", "--prod", "--demo").code == 2
