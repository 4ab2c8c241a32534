"""Which deployment is meant: flags, environment, contradictions."""

from __future__ import annotations

from pathlib import Path

import pytest

from kitcn_repl.errors import ExitCode, KitcnError, NoDeploymentError, UsageError
from kitcn_repl.targets.precedence import select
from kitcn_repl.targets.target import Target, TargetFlags

HERE = Path("/project")
URL = "http://127.0.0.1:3210"
PAIR = {"CONVEX_SELF_HOSTED_URL": URL, "CONVEX_SELF_HOSTED_ADMIN_KEY": "name|secret"}


def resolved(flags: TargetFlags, environment: dict[str, str] | None = None) -> Target:
    choice = select(flags, {"HOME": "/nobody", **(environment or {})}, HERE).choice
    assert isinstance(choice, Target)
    return choice


@pytest.mark.parametrize(
    ("flags", "environment", "kind", "label"),
    [
        (TargetFlags(demo=True), {}, "demo", "demo (--demo)"),
        (TargetFlags(deployment="demo"), {}, "demo", "demo (--deployment)"),
        (TargetFlags(snapshot="backup.zip"), {}, "snapshot", "backup.zip (--snapshot)"),
        (TargetFlags(deployment="snapshot:old/backup.zip"), {}, "snapshot", "backup.zip (--deployment)"),
        (TargetFlags(url=URL, admin_key="otter|s"), {}, "live", "otter (--url)"),
        (TargetFlags(url=URL, admin_key="prod:otter|s"), {}, "live", "prod · otter (--url)"),
        (TargetFlags(url=URL, admin_key="opaque"), {}, "live", "127.0.0.1:3210 (--url)"),
        (TargetFlags(url=URL), PAIR, "live", "name (--url)"),
        (TargetFlags(url=f"{URL}/"), PAIR, "live", "name (--url)"),
        (TargetFlags(), PAIR, "live", "name (CONVEX_SELF_HOSTED_URL in the environment)"),
        (TargetFlags(demo=True), PAIR, "demo", "demo (--demo)"),
    ],
)
def test_chooses_and_says_why(flags: TargetFlags, environment: dict[str, str], kind: str, label: str) -> None:
    target = resolved(flags, environment)
    assert (target.kind, target.label) == (kind, label)


def test_a_snapshot_is_found_from_the_working_directory() -> None:
    assert resolved(TargetFlags(snapshot="backup.zip")).path == HERE / "backup.zip"


def test_only_prod_is_prod() -> None:
    assert resolved(TargetFlags(url=URL, admin_key="prod:otter|s")).is_prod
    assert not resolved(TargetFlags(url=URL, admin_key="dev:otter|s")).is_prod


@pytest.mark.parametrize(
    ("flags", "error", "says"),
    [
        (TargetFlags(demo=True, url=URL), UsageError, "--url and --demo"),
        (TargetFlags(demo=True, snapshot="x.zip"), UsageError, "--demo and --snapshot"),
        (TargetFlags(url=URL), UsageError, "needs --admin-key"),
        (TargetFlags(admin_key="k"), UsageError, "needs --url"),
        (TargetFlags(demo=True, admin_key="k"), UsageError, "needs --url"),
        (TargetFlags(url="localhost:3210", admin_key="k"), UsageError, "'localhost:3210' is no address"),
        (TargetFlags(url="http://", admin_key="k"), UsageError, "'http://' is no address"),
        (TargetFlags(snapshot=""), UsageError, "not named"),
        (TargetFlags(), NoDeploymentError, "--demo"),
    ],
)
def test_says_what_is_wrong(flags: TargetFlags, error: type[KitcnError], says: str) -> None:
    with pytest.raises(error, match=says):
        resolved(flags)


def test_no_deployment_has_its_own_exit_code() -> None:
    assert NoDeploymentError("x").exit_code == ExitCode.NO_DEPLOYMENT


def test_a_key_is_in_no_repr() -> None:
    flags = TargetFlags(url=URL, admin_key="name|topsecret")
    assert "topsecret" not in repr(flags) + repr(resolved(flags)) + resolved(flags).label


@pytest.mark.parametrize(
    "flags",
    [
        TargetFlags(url="prod:otter|topsecret", admin_key="k"),
        TargetFlags(url="http://user:topsecret@otter"),
        TargetFlags(url="http://user:top/s@otter|topsecret", admin_key="k"),
        TargetFlags(deployment="prod:otter|topsecret"),
    ],
)
def test_a_secret_in_the_wrong_place_is_not_repeated(flags: TargetFlags) -> None:
    try:
        told = resolved(flags).label
    except KitcnError as error:
        told = error.message
    assert "topsecret" not in told
    assert "otter" in told
