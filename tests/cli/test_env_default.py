"""`kitcn env default`: what new deployments of a project get."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.at_work import AtWork, at_work
from tests.cli.console import Console
from tests.support.control_plane.small_world import PROJECT_KEY

DEV_DEFAULTS = "API_HOST=https://dev.example\nONLY_DEV='yes # no'\n"


@pytest.fixture
def work(tmp_path: Path) -> Iterator[AtWork]:
    with at_work(tmp_path) as work:
        yield work


def test_listing(work: AtWork) -> None:
    outcome = work("env", "default", "list")
    assert (outcome.code, outcome.out) == (0, DEV_DEFAULTS)
    assert outcome.lines == ["defaults of acme:chess for dev (CONVEX_DEPLOYMENT in .env.local)"]
    assert work("env", "default", "list", "--type", "development").out == DEV_DEFAULTS
    assert work("env", "default", "list", "--prod").out == "API_HOST=https://example.com\n"
    assert work("env", "default", "list", "--type", "preview", "--names-only").out == "API_HOST\n"
    assert "https" not in work("env", "default", "list", tty=True).out
    empty = work("env", "default", "list", "--project", "umbrella:chess", "--type", "dev", "-q")
    assert (empty.code, empty.out) == (0, "")
    assert empty.err == "No environment variables set (in default env vars for dev deployments)\n"


def test_all_pages_are_read(work: AtWork) -> None:
    work.plane.world.page_size = 3
    chess = work.plane.world.projects[0].id
    for number in range(10):
        work.plane.world.defaults[chess, f"V{number}", "dev"] = str(number)
    assert len(work("env", "default", "list").out.splitlines()) == 12
    assert work("env", "default", "get", "V9").out == "9\n"


def test_setting_and_removing(work: AtWork) -> None:
    outcome = work("env", "default", "set", "NEW", "x", "--type", "preview")
    assert outcome.lines == [
        "defaults of acme:chess for preview (CONVEX_DEPLOYMENT in .env.local)",
        "  + NEW  new",
        "✔ Successfully set NEW (in default env vars for preview deployments)",
    ]
    assert work.defaults("preview") == {"API_HOST": "https://preview.example", "NEW": "x"}
    assert work.defaults("dev") == {"API_HOST": "https://dev.example", "ONLY_DEV": "yes # no"}
    assert work("env", "default", "rm", "API_HOST", "NEW", "--type", "preview").code == 0
    assert work.defaults("preview") == {}
    missing = work("env", "default", "remove", "ONLY_DEF", "-q")
    assert (missing.code, missing.err) == (
        1,
        "Error: Environment variable 'ONLY_DEF' not found (in default env vars for dev deployments). Did you mean"
        " 'ONLY_DEV'?\n",
    )
    refused = work("env", "default", "set", "-q", stdin="API_HOST=other\nMORE=1\n")
    assert refused.code == 1
    assert work("env", "default", "set", "--force", stdin="API_HOST=other\nMORE=1\n").code == 0
    assert work.defaults("dev") == {"API_HOST": "other", "ONLY_DEV": "yes # no", "MORE": "1"}


def test_moving_one_from_dev_to_preview(work: AtWork) -> None:
    value = work("env", "default", "get", "ONLY_DEV", "--type", "dev").out
    assert work("env", "default", "set", "ONLY_DEV", "--type", "preview", stdin=value).code == 0
    assert work.defaults("preview")["ONLY_DEV"] == "yes # no"


def test_prod_defaults_are_changed_only_when_somebody_says_so(work: AtWork) -> None:
    before = work.defaults("prod")
    for argv in (["set", "A", "1"], ["remove", "API_HOST"]):
        outcome = work("env", "default", *argv, "--type", "prod")
        assert outcome.code == 1
        assert "defaults of acme:chess for prod is production and nobody confirmed" in outcome.err
    assert work.defaults("prod") == before
    assert work.changes_sent() == []
    assert work("env", "default", "set", "A", "1", "--type", "production", "--yes").code == 0
    assert work.defaults("prod") == {**before, "A": "1"}


def test_the_type_is_checked(work: AtWork) -> None:
    for argv in (["list"], ["get", "A"], ["set", "A", "1"], ["remove", "A"]):
        outcome = work("env", "default", *argv, "--type", "previw")
        assert (outcome.code, outcome.out) == (2, "")
        assert outcome.err == (
            "Error: 'previw' is no type of deployment; it is one of dev, preview, prod, custom. Did you mean"
            " 'preview'?\n"
        )
    assert work.plane.asked() == []


@pytest.mark.parametrize(
    ("argv", "title"),
    [
        (["--deployment", "umbrella:chess:dev"], "defaults of umbrella:chess for dev"),
        (["--deployment", "odd-elk-106"], "defaults of acme:chess for custom"),
        (["--deployment", "go:prod"], "defaults of acme:go for prod"),
        (["--preview-name", "pr-1"], "defaults of acme:chess for preview"),
        (["--project", "go", "--type", "dev"], "defaults of acme:go for dev"),
        (["--project", "umbrella:chess", "--type", "preview"], "defaults of umbrella:chess for preview"),
    ],
    ids=" ".join,
)
def test_which_project_and_type(work: AtWork, argv: list[str], title: str) -> None:
    outcome = work("env", "default", "list", *argv)
    assert outcome.code == 0, outcome.err
    assert outcome.lines[0].startswith(f"{title} (")


def test_a_whole_project_needs_no_deployment(work: AtWork) -> None:
    (work.place.folder / ".env.local").unlink()
    outcome = work("env", "default", "list", "--project", "acme:chess", "--type", "dev")
    assert (outcome.code, outcome.out) == (0, DEV_DEFAULTS)
    assert work("env", "default", "list", "--project", "chess", "--type", "dev").code == 3
    assert work("env", "default", "list").code == 3


def test_a_project_key(work: AtWork) -> None:
    outcome = work("env", "default", "list", variables={"CONVEX_DEPLOY_KEY": PROJECT_KEY})
    assert (outcome.code, outcome.out) == (0, DEV_DEFAULTS)


def test_a_local_deployment_has_the_defaults_for_dev(work: AtWork) -> None:
    world = work.plane.world
    local = world.add(world.projects[0], "local-acme-chess", "dev", creator=world.members[0], port=9, is_active=False)
    work.place.local_state(local)
    assert work("env", "default", "list", "--deployment", "local").out == DEV_DEFAULTS


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["--project", "go"], "--project needs --type beside it"),
        (["--project", "a:b:c", "--type", "dev"], "--project is PROJECT or TEAM:PROJECT"),
        (["--project", ":b", "--type", "dev"], "--project is PROJECT or TEAM:PROJECT"),
        (["--project", "go", "--type", "dev", "--prod"], "leave out what names a deployment"),
        (["--demo"], "belongs to no project"),
        (["--url", "http://127.0.0.1:9", "--admin-key", "k|0123456789"], "belongs to no project"),
    ],
)
def test_wrong_usage(work: AtWork, argv: list[str], says: str) -> None:
    outcome = work("env", "default", "list", *argv)
    assert (outcome.code, outcome.out) == (2, "")
    assert says in outcome.err
    assert len(outcome.lines) == 1


def test_a_project_that_is_not_there(work: AtWork) -> None:
    outcome = work("env", "default", "list", "--project", "nope:nope", "--type", "dev")
    assert (outcome.code, outcome.out) == (3, "")
    assert "no such team" in outcome.err


@pytest.mark.parametrize("group", ["env", "env default"])
def test_help(group: str) -> None:
    commands = ("", "list", "get", "set", "remove", *(["diff"] if group == "env" else []))
    for command in commands:
        outcome = Console()(*group.split(), *command.split(), "--help")
        assert (outcome.code, outcome.err) == (0, "")
        assert [line for line in outcome.out.splitlines() if len(line) > 80] == []
    assert "dev, preview or prod" in Console()("env", "default", "set", "--help").out
