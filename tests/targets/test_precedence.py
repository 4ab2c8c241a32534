"""What is selected, and which reason is given; the deployments reached are compared in tests/conformance."""

from __future__ import annotations

import base64
import json
import traceback
from pathlib import Path

import pytest

from kitcn_repl.errors import ExitCode, KitcnError, NoDeploymentError, UsageError
from kitcn_repl.project.local_state import DATABASE
from kitcn_repl.targets.choices import (
    DeploymentChoice,
    InProject,
    OfKey,
    OnDisk,
    ProjectBySlugs,
    ProjectOfDeployment,
    Sibling,
)
from kitcn_repl.targets.precedence import select
from kitcn_repl.targets.target import Target, TargetFlags

DEV = "CONVEX_DEPLOYMENT=dev:happy-otter-123\n"
OTTERS = ProjectOfDeployment("happy-otter-123", "dev")


def project(folder: Path, **files: str) -> Path:
    (folder / "package.json").write_text('{"dependencies": {"convex": "*"}}')
    (folder / "convex").mkdir()
    for name, text in files.items():
        (folder / f".{name.replace('_', '.')}").write_text(text)
    return folder


def home(folder: Path) -> dict[str, str]:
    return {"HOME": str(folder / "nobody")}


@pytest.mark.parametrize(
    ("flags", "reason"),
    [
        (TargetFlags(), "CONVEX_DEPLOYMENT in .env.local"),
        (TargetFlags(prod=True), "--prod, project of CONVEX_DEPLOYMENT in .env.local"),
        (TargetFlags(preview_name="x"), "--preview-name, project of CONVEX_DEPLOYMENT in .env.local"),
        (TargetFlags(deployment_name="a-b-1"), "--deployment-name"),
        (TargetFlags(deployment="a-b-1"), "--deployment"),
        (TargetFlags(deployment="staging"), "--deployment, project of CONVEX_DEPLOYMENT in .env.local"),
        (TargetFlags(deployment="t:p:staging"), "--deployment"),
        (TargetFlags(demo=True), "--demo"),
        (TargetFlags(deployment="sqlite:x"), "--deployment"),
    ],
)
def test_the_reason_is_known(tmp_path: Path, flags: TargetFlags, reason: str) -> None:
    assert select(flags, home(tmp_path), project(tmp_path, env_local=DEV)).reason == reason


def test_places_are_named_as_seen_from_here(tmp_path: Path) -> None:
    folder = project(tmp_path, env_local=DEV, env="CONVEX_DEPLOY_KEY=dev:a-b-1|s\n")
    deep = folder / "src" / "deep"
    deep.mkdir(parents=True)
    assert select(TargetFlags(), home(tmp_path), deep).reason == "CONVEX_DEPLOY_KEY in ../../.env"
    (folder / "other.env").write_text(DEV)
    found = select(TargetFlags(env_file="../../other.env"), home(tmp_path), deep)
    assert found.reason == "CONVEX_DEPLOYMENT in ../../other.env (--env-file)"
    found = select(TargetFlags(), {**home(tmp_path), "CONVEX_DEPLOYMENT": "a-b-2"}, tmp_path.parent)
    assert found.reason == "CONVEX_DEPLOYMENT in the environment"


@pytest.mark.parametrize(
    ("flags", "choice"),
    [
        (TargetFlags(), InProject(OTTERS, DeploymentChoice("name", "happy-otter-123"))),
        (TargetFlags(prod=True), InProject(OTTERS, DeploymentChoice("prod"))),
        (TargetFlags(deployment="go:x"), InProject(Sibling(OTTERS, "go"), DeploymentChoice("reference", "x"))),
        (TargetFlags(deployment="t:p:dev"), InProject(ProjectBySlugs("t", "p"), DeploymentChoice("dev"))),
        (TargetFlags(deployment="a-b-1"), InProject(ProjectOfDeployment("a-b-1"), DeploymentChoice("name", "a-b-1"))),
    ],
)  # fmt: skip
def test_choices(tmp_path: Path, flags: TargetFlags, choice: object) -> None:
    assert select(flags, home(tmp_path), project(tmp_path, env_local=DEV)).choice == choice


@pytest.mark.parametrize(
    ("flags", "env_file"),
    [
        (TargetFlags(), "CONVEX_DEPLOYMENT=dev:a-b-1|topsecret\n"),
        (TargetFlags(prod=True), "CONVEX_DEPLOYMENT=dev:a-b-1|topsecret\n"),
        (TargetFlags(deployment="staging"), "CONVEX_DEPLOYMENT=topsecret|\n"),
        (TargetFlags(deployment="p:local"), "CONVEX_DEPLOYMENT=local:local-a-b|topsecret\n"),
        (TargetFlags(deployment_name="a-b-1|topsecret"), DEV),
        (TargetFlags(preview_name="preview:a:b|topsecret"), DEV),
        (TargetFlags(prod=True), "CONVEX_DEPLOY_KEY=dev:a-b-1|topsecret\n"),
        (TargetFlags(), "CONVEX_DEPLOY_KEY=topsecret\n"),
        (TargetFlags(), "CONVEX_SELF_HOSTED_ADMIN_KEY=a|topsecret\n"),
    ],
    ids=range(9),
)
def test_a_key_is_neither_taken_for_a_name_nor_shown(tmp_path: Path, flags: TargetFlags, env_file: str) -> None:
    folder = project(tmp_path, env_local=env_file)
    variables = {**home(tmp_path), "CONVEX_OVERRIDE_ACCESS_TOKEN": "topsecret"}
    with pytest.raises(KitcnError, match=r"CONVEX_DEPLOY_KEY|CONVEX_SELF_HOSTED_URL|no local deployment") as failure:
        select(flags, variables, folder)
    with_locals = traceback.TracebackException.from_exception(failure.value, capture_locals=True)
    ours = [
        str(frame.locals)
        for frame in with_locals.stack
        if "kitcn_repl" in frame.filename and "tests" not in frame.filename
    ]
    assert ours
    assert "topsecret" not in "".join([*ours, str(failure.value), repr(failure.value)])


def test_above_several_projects_whoever_is_named_is_meant(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"workspaces": ["*"]}')
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        project(tmp_path / name, env_local=DEV)
    variables = home(tmp_path)
    for flags in (
        TargetFlags(deployment="t:p:dev"),
        TargetFlags(deployment="a-b-1"),
        TargetFlags(deployment_name="a-b-1"),
    ):
        assert isinstance(select(flags, variables, tmp_path).choice, InProject)
    assert select(TargetFlags(env_file="two/.env.local"), variables, tmp_path).reason.startswith("CONVEX_DEPLOYMENT in")
    for name, value in (("CONVEX_DEPLOYMENT", "dev:a-b-1"), ("CONVEX_DEPLOY_KEY", "dev:a-b-1|s")):
        assert select(TargetFlags(), {**variables, name: value}, tmp_path).reason == f"{name} in the environment"
    for flags in (
        TargetFlags(),
        TargetFlags(prod=True),
        TargetFlags(deployment="dev"),
        TargetFlags(deployment="local"),
    ):
        with pytest.raises(KitcnError, match="holds 2 projects with convex: one, two"):
            select(flags, variables, tmp_path)


@pytest.mark.parametrize("name", ["anonymous-chess", "local"])
def test_a_local_deployment_whose_file_says_nothing(tmp_path: Path, name: str) -> None:
    folder = project(tmp_path)
    directory = folder / ".convex" / "local" / "default"
    directory.mkdir(parents=True)
    (directory / "config.json").write_text("{")
    with pytest.raises(NoDeploymentError, match=r"config\.json does not say what a local deployment needs") as failure:
        select(TargetFlags(deployment=name), home(tmp_path), folder)
    assert failure.value.hint is None
    (directory / DATABASE).write_bytes(b"")
    with pytest.raises(NoDeploymentError) as failure:
        select(TargetFlags(deployment=name), home(tmp_path), folder)
    assert failure.value.hint == f"Its data can be read with --deployment sqlite:{directory / DATABASE}"


def test_files_of_data(tmp_path: Path) -> None:
    target = select(TargetFlags(deployment="sqlite:data/x.sqlite3"), {}, tmp_path).choice
    assert isinstance(target, Target)
    assert (target.kind, target.name, target.path) == ("sqlite", "x.sqlite3", tmp_path / "data/x.sqlite3")
    with pytest.raises(UsageError, match="the SQLite file is not named"):
        select(TargetFlags(deployment="sqlite:"), {}, tmp_path)


def test_a_key_beats_everything_that_is_configured(tmp_path: Path) -> None:
    variables = {**home(tmp_path), "CONVEX_DEPLOY_KEY": "prod:a-b-1|topsecret", "CONVEX_SELF_HOSTED_URL": "http://x"}
    found = select(TargetFlags(), variables, project(tmp_path, env_local=DEV))
    assert isinstance(found.choice, OfKey)
    assert (found.choice.key.name, found.reason) == ("a-b-1", "CONVEX_DEPLOY_KEY in the environment")
    assert found.authorization is not None
    assert found.authorization.kind == "deployment key"
    assert "topsecret" not in repr(found)


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (TargetFlags(prod=True, deployment="dev"), "--deployment and --prod each name a deployment"),
        (TargetFlags(prod=True, preview_name="x", deployment_name="y"), "--prod and --preview-name and --deployment"),
        (TargetFlags(url="http://x", admin_key="k", prod=True), "--prod and --url each name a deployment"),
        (TargetFlags(demo=True, env_file="x"), "--demo names the whole deployment already; leave --env-file out."),
        (TargetFlags(deployment="snapshot:x", env_file="x"), "--deployment names the whole deployment already"),
        (TargetFlags(deployment=" "), "--deployment must not be empty."),
        (TargetFlags(preview_name=""), "--preview-name must not be empty."),
        (TargetFlags(env_file=""), "--env-file must not be empty."),
        (TargetFlags(deployment="staging", admin_key="k"), "--admin-key needs --url"),
        (TargetFlags(env_file="missing.env"), "--env-file: there is no file missing.env."),
    ],
)  # fmt: skip
def test_contradictions_are_refused(tmp_path: Path, flags: TargetFlags, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        select(flags, home(tmp_path), project(tmp_path, env_local=DEV))


@pytest.mark.parametrize(
    ("variables", "error", "says"),
    [
        ({"CONVEX_SELF_HOSTED_URL": "http://x"}, UsageError, r"_URL in the environment and CONVEX_DEPLOYMENT in \.env"),
        ({"CONVEX_DEPLOYMENT": ""}, NoDeploymentError, "No deployment is named"),
        ({"CONVEX_DEPLOYMENT": "", "VERCEL": "1"}, NoDeploymentError, "in this Vercel build"),
        ({"CONVEX_DEPLOYMENT": "", "CONVEX_SELF_HOSTED_ADMIN_KEY": "k"}, UsageError, "needs CONVEX_SELF_HOSTED_URL"),
        ({"CONVEX_DEPLOYMENT": "", "CONVEX_SELF_HOSTED_URL": "http://x"}, UsageError, "needs --admin-key"),
        ({"CONVEX_DEPLOYMENT": "anonymous:anonymous-x"}, NoDeploymentError, "has no files on this machine"),
        ({"CONVEX_DEPLOYMENT": "local:local-x"}, NoDeploymentError, "local-x has no files on this machine"),
        ({"CONVEX_DEPLOY_KEY": "eyOld"}, UsageError, "no deploy key of today's form"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_surroundings(
    tmp_path: Path, variables: dict[str, str], error: type[KitcnError], says: str
) -> None:
    with pytest.raises(error, match=says):
        select(TargetFlags(), {**home(tmp_path), **variables}, project(tmp_path, env_local=DEV))


def test_a_short_selector_needs_a_project(tmp_path: Path) -> None:
    with pytest.raises(NoDeploymentError, match="--deployment needs to know the project") as caught:
        select(TargetFlags(deployment="staging"), home(tmp_path), tmp_path)
    assert caught.value.exit_code == ExitCode.NO_DEPLOYMENT
    assert caught.value.hint is not None
    assert "TEAM:PROJECT" in caught.value.hint


def test_a_key_that_the_shell_cut_is_noticed(tmp_path: Path) -> None:
    cut = base64.b64encode(json.dumps({"v2": "topsecretpart"}).encode() + b" ").decode().rstrip("=")
    with pytest.raises(UsageError, match="put quotes around it") as caught:
        select(TargetFlags(), {**home(tmp_path), cut: ""}, project(tmp_path, env_local=DEV))
    assert cut not in caught.value.message
    ignoring = {**home(tmp_path), cut: "", "CONVEX_IGNORE_SUSPICIOUS_ENV_VARS": "1"}
    assert select(TargetFlags(), ignoring, tmp_path).reason == "CONVEX_DEPLOYMENT in .env.local"


def test_a_broken_login_file_is_told(tmp_path: Path) -> None:
    config = tmp_path / "me" / ".convex" / "config.json"
    config.parent.mkdir(parents=True)
    config.write_text('{"accessToken": "topsecret')
    found = select(TargetFlags(), {"HOME": str(tmp_path / "me")}, project(tmp_path, env_local=DEV))
    assert found.authorization is None
    assert found.login_problem is not None
    assert "config.json is not a JSON object" in found.login_problem
    assert "topsecret" not in found.login_problem
    assert config.read_text() == '{"accessToken": "topsecret'


def test_local_deployments_by_every_name(tmp_path: Path) -> None:
    folder = project(tmp_path, env_local=DEV)
    state = folder / ".convex" / "local" / "default"
    state.mkdir(parents=True)
    (state / "config.json").write_text(
        '{"ports": {"cloud": 3210, "site": 3211}, "adminKey": "local-a-b|topsecret", "deploymentName": "local-a-b"}'
    )
    for selector in ("local", "local-a-b", "local:local-a-b", "a:b:local", "b:local"):
        found = select(TargetFlags(deployment=selector), home(tmp_path), folder)
        assert isinstance(found.choice, OnDisk)
        assert (found.choice.state.name, found.choice.state.url) == ("local-a-b", "http://127.0.0.1:3210")
        assert found.choice.state.database == state / "convex_local_backend.sqlite3"
        assert "topsecret" not in repr(found)
