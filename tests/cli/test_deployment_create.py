"""`kitcn deployment create`: checked before it is sent, asked for on a terminal, and never twice."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.cli.workplace import DEV, At, at_work
from tests.support.control_plane import half_an_answer, html, refused, status
from tests.support.control_plane.small_world import PROJECT_KEY
from tests.support.npm_packages import write_package

CREATE = "/v1/projects/"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def at(tmp_path: Path) -> Iterator[At]:
    with at_work(tmp_path) as place:
        yield place


def sent(at: At) -> list[Any]:
    return [one.body for one in at.plane.requests if one.path.endswith("/create_deployment")]


def test_a_dev_deployment(at: At) -> None:
    outcome = at("deployment", "create", "dev/my-feature", "--type", "dev")
    assert (outcome.code, outcome.out) == (0, "")
    made = at.world.deployments[-1]
    assert (made.reference, made.type, made.is_default, made.project.slug) == ("dev/my-feature", "dev", False, "chess")
    assert sent(at) == [{"type": "dev", "region": None, "reference": "dev/my-feature", "isDefault": None}]
    assert outcome.lines == [
        f"✔ Made a new dev deployment: dev/my-feature · {made.name}",
        f"  http://localhost:6789/t/acme/chess/{made.name}",
        "  kitcn deployment select acme:chess:dev/my-feature selects it.",
    ]
    assert at.env_file.read_text() == DEV


def test_all_that_can_be_said_of_it(at: At) -> None:
    before = time.time()
    outcome = at(
        "deployment", "create", "umbrella:chess:preview/pr-12", "--type", "preview", "--region", "eu",
        "--class", "s256", "--expiration", "7d", "--format", "json",
    )  # fmt: skip
    assert outcome.code == 0, outcome.err
    body = sent(at)[0]
    assert abs(body.pop("expiresAt") / 1000 - before - 7 * 86400) < 60
    assert body == {
        "type": "preview", "region": "aws-eu-west-1", "reference": "preview/pr-12", "isDefault": None, "class": "s256",
    }  # fmt: skip
    row = json.loads(outcome.out)[0]
    assert (row["name"], row["team"], row["class"]) == (at.world.deployments[-1].name, "umbrella", "s256")


def test_never_expiring_and_defaults(at: At) -> None:
    assert at("deployment", "create", "bare-one", "--type", "dev", "--expires", "none").code == 0
    assert sent(at)[0]["expiresAt"] is None
    assert at("deployment", "create", "acme:bare:production", "--default", "--type", "prod", "--yes").code == 0
    assert sent(at)[1] == {"type": "prod", "region": None, "reference": "production", "isDefault": True}
    at.env_file.write_text(f"CONVEX_DEPLOYMENT=prod:{at.world.deployments[-1].name}\n")
    assert at("deployment", "create", "--default", "--type", "dev").code == 0
    assert sent(at)[2] == {"type": "dev", "region": None, "reference": None, "isDefault": True}


def test_made_and_selected(at: At) -> None:
    outcome = at("deployment", "create", "staging2", "--type", "dev", "--select")
    assert outcome.code == 0, outcome.err
    made = at.world.deployments[-1]
    assert at.env_file.read_text() == (
        f"CONVEX_DEPLOYMENT=dev:{made.name} # team: acme, project: chess\n"
        f"\nCONVEX_URL={made.url}\n\nCONVEX_SITE_URL=https://{made.name}.site.example\n"
    )
    assert any(line.startswith("✔ Selected dev · staging2") for line in outcome.lines)


@pytest.mark.parametrize(
    ("argv", "code", "says"),
    [
        ([], 2, "needs a REFERENCE (or --default) and --type dev|preview|prod where nobody is asked."),
        (["staging2"], 2, "needs --type dev|preview|prod where nobody is asked."),
        (["--type", "dev"], 2, "needs a REFERENCE (or --default) where nobody is asked."),
        (["staging2", "--type", "custom"], 2, "Unknown type 'custom'; it is one of dev, preview, prod."),
        (["ab", "--type", "dev"], 2, "'ab' cannot be a reference: it has 2 characters, not 3 to 100."),
        (["happy-otter-9", "--type", "dev"], 2, "names like word-word-123 are Convex's own."),
        (["go:staging2", "--type", "dev"], 2, "'go:staging2' does not say which team: write TEAM:go:staging2."),
        (["staging2", "--type", "prod"], 2, "Making a prod deployment needs --yes where nobody can be asked."),
        (["staging2", "--type", "prod", "--yes", "--select"], 2, "--select cannot be used with --type prod"),
        (["--type", "preview", "--default"], 2, "--default is for dev and prod deployments"),
        (["staging2", "--type", "dev", "--expiration", "soon"], 2, "--expiration 'soon' is not understood"),
        (["staging2", "--type", "dev", "--expiration", "1m"], 2, "too soon"),
        (["staging2", "--type", "dev", "--region", "mars"], 2, "it can have us (US East (N. Virginia)), eu"),
        (["staging2", "--type", "dev", "--class", "s255"], 2, "it can have s16, s256. Did you mean 's256'?"),
        (["staging2", "--type", "dev", "--class", "d1024"], 2, "There is no deployment class 'd1024'"),
        (["staging", "--type", "dev"], 1, "A deployment with reference staging already exists"),
        (["dev/other", "--type", "dev", "--default"], 1, "There is a default dev deployment already"),
        (["staging2", "--type", "dev", "--expiration", "60d"], 1, "The expiration is beyond what your plan allows"),
        (["acme:nowhere:staging2", "--type", "dev"], 3, "There is no such project"),
        (["nobody:chess:staging2", "--type", "dev"], 3, "There is no such team"),
        (["local", "--type", "dev"], 2, "A local deployment takes no --type"),
    ],
)
def test_what_is_wrong_is_one_line_and_makes_nothing(argv: list[str], code: int, says: str, at: At) -> None:
    count = len(at.world.deployments)
    outcome = at("deployment", "create", *argv)
    assert (outcome.code, len(outcome.lines)) == (code, 1), outcome.err
    assert says in outcome.err
    assert len(at.world.deployments) == count
    assert at.env_file.read_text() == DEV
    if code == 2 and not {"--region", "--class"} & set(argv):
        assert at.plane.requests == []


def test_who_may_make_deployments(tmp_path: Path) -> None:
    argv = ("deployment", "create", "staging2", "--type", "dev")
    with at_work(tmp_path, token=None) as at:
        nobody = at(*argv)
        assert (nobody.code, len(nobody.lines)) == (4, 1)
        assert "run kitcn login" in nobody.err
        assert at(*argv, env={"CONVEX_DEPLOY_KEY": PROJECT_KEY}).code == 0
        fox = at.world.deployment("quick-fox-102")
        assert fox is not None
        keyed = at(*argv, env={"CONVEX_DEPLOY_KEY": fox.key})
        assert keyed.code == 2
        assert "The deployment key (CONVEX_DEPLOY_KEY in the environment) may not create deployments" in keyed.err
        assert fox.secret not in keyed.err


def test_it_has_to_be_known_in_which_project(at: At) -> None:
    at.env_file.unlink()
    outcome = at("deployment", "create", "staging2", "--type", "dev")
    assert (outcome.code, len(outcome.lines)) == (3, 1)
    assert "TEAM:PROJECT:REFERENCE" in outcome.err
    at.env_file.write_text("CONVEX_SELF_HOSTED_URL=http://x\nCONVEX_SELF_HOSTED_ADMIN_KEY=a|b\n")
    outcome = at("deployment", "create", "staging2", "--type", "dev")
    assert (outcome.code, len(outcome.lines)) == (2, 1)


def test_on_a_terminal_it_asks_for_what_is_missing(at: At) -> None:
    outcome = at.on_terminal("deployment", "create", answers="dv\ndev\nA B\nstaging\x1b\nstaging2\n")
    assert outcome.code == 0, outcome.err
    assert "Did you mean 'dev'?" in outcome.err
    assert "only a-z, 0-9, - and / may be in one, not space A B." in outcome.err
    assert "\x1b" not in outcome.err
    assert "Region: aws-us-east-1, the team's default" in outcome.err
    assert sent(at) == [{"type": "dev", "region": "aws-us-east-1", "reference": "staging2", "isDefault": None}]


def test_the_branch_suggests_a_reference(at: At) -> None:
    for command in (["init", "-q", "-b", "Fix-it"], ["commit", "-q", "--allow-empty", "-m", "x"]):
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b.c", *command], cwd=at.folder, check=True)
    outcome = at.on_terminal("deployment", "create", "--type", "preview", answers="\n")
    assert outcome.code == 0, outcome.err
    assert "[preview/ix-it]" in outcome.err
    assert at.world.deployments[-1].reference == "preview/ix-it"


def test_the_region_is_asked_for_where_the_team_has_none(at: At) -> None:
    outcome = at.on_terminal("deployment", "create", "umbrella:chess:staging2", "--type", "dev", answers="\nmoon\neu\n")
    assert outcome.code == 0, outcome.err
    assert "us  US East (N. Virginia)" in outcome.err
    assert sent(at)[0]["region"] == "aws-eu-west-1"


def test_a_default_needs_no_reference(at: At) -> None:
    at.world.deployments.remove(at.world.deployments[0])
    at.env_file.write_text("CONVEX_DEPLOYMENT=dev:quick-fox-102\n")
    assert at.on_terminal("deployment", "create", "--type", "dev", "--default").code == 0


@pytest.mark.parametrize(("answers", "code"), [("acme:chess\n", 0), ("y\n", 1), ("\n", 1), ("", 1)])
def test_prod_is_confirmed_by_typing(answers: str, code: int, at: At) -> None:
    outcome = at.on_terminal("deployment", "create", "canary", "--type", "prod", answers=answers)
    assert outcome.code == code
    assert "This makes a prod deployment in acme:chess. Type acme:chess to go on: " in outcome.err
    assert len(sent(at)) == (1 if code == 0 else 0)


def test_yes_asks_nothing(at: At) -> None:
    assert at.on_terminal("deployment", "create", "canary", "--type", "prod", "--yes").code == 0
    assert at.on_terminal("deployment", "create", "--yes").code == 2


def test_an_end_of_the_answers_is_no_loop(at: At) -> None:
    outcome = at.on_terminal("deployment", "create", answers="")
    assert outcome.code == 1
    assert outcome.err.endswith("Error: No answer: nothing was done.\n")
    outcome = at.on_terminal("deployment", "create", answers="x\n" * 50)
    assert outcome.code == 1
    assert sent(at) == []


def test_ctrl_c_at_a_question_ends_it_at_once(at: At) -> None:
    controller, terminal = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "kitcn_repl", "deployment", "create", "canary", "--type", "prod"],
        cwd=at.folder, stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True,
        env=at.place.variables(PATH=os.environ["PATH"], PYTHONPATH=str(ROOT), NO_COLOR="1"),
    ) as running:  # fmt: skip
        os.close(terminal)
        seen = b""
        while b"to go on: " not in seen:
            seen += os.read(controller, 1000)
        running.send_signal(signal.SIGINT)
        try:
            assert running.wait(60) == 130
        finally:
            running.kill()
    os.close(controller)
    assert sent(at) == []


@pytest.mark.parametrize(
    ("fault", "code", "says"),
    [
        (status(500), 4, "Whether it was made is not known; kitcn deployment list shows it."),
        (status(429), 4, "is asked too often"),
        (refused(403, "OperationNotPermitted", "You may not"), 4, "You may not"),
        (refused(401, "AccessTokenInvalid", "no"), 4, "kitcn login"),
        (html(), 4, "instead of JSON"),
        (half_an_answer(), 4, "Whether it was made is not known"),
    ],
)
def test_it_is_never_sent_twice(fault: Any, code: int, says: str, at: At) -> None:
    at.plane.fail(CREATE, fault)
    outcome = at("deployment", "create", "staging2", "--type", "dev", "--select")
    assert (outcome.code, len(outcome.lines)) == (code, 1)
    assert says in outcome.err
    assert len(sent(at)) == 1
    assert at.env_file.read_text() == DEV


def test_a_local_deployment_is_made_by_the_projects_own_convex(at: At) -> None:
    started: list[Sequence[str]] = []

    def execute(command: Sequence[str], _variables: Mapping[str, str]) -> int:
        started.append(command)
        return 5

    missing = at("deployment", "create", "local")
    assert (missing.code, len(missing.lines)) == (1, 1)
    assert "npm install" in missing.err
    program = write_package(at.folder, "convex")
    assert at("deployment", "create", "acme:go:local", "--select", execute=execute).code == 5
    assert started[0][1:] == ["--", str(program), "deployment", "create", "acme:go:local", "--select"]


def test_what_still_wins_over_the_selected_one_is_told(at: At) -> None:
    variables = {"CONVEX_DEPLOYMENT": "dev:happy-otter-101"}
    outcome = at("deployment", "create", "dev/mine", "--type", "dev", "--select", env=variables)
    assert outcome.code == 0
    assert "CONVEX_DEPLOYMENT in the environment still wins over .env.local" in outcome.err
