"""Flags and surroundings -> one Selection; contradictions are refused. Nobody is asked over the network here."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from kitcn_repl.errors import KitcnError, UsageError
from kitcn_repl.targets.address import is_url
from kitcn_repl.targets.selection import Selection
from kitcn_repl.targets.shown import shown
from kitcn_repl.targets.target import Target, TargetFlags

URL_VARIABLE = "CONVEX_SELF_HOSTED_URL"
KEY_VARIABLE = "CONVEX_SELF_HOSTED_ADMIN_KEY"


def select(flags: TargetFlags, environment: Mapping[str, str], cwd: Path) -> Selection:
    """What the flags name, else what the surroundings of `cwd` say.

    Raises UsageError for flags or variables that contradict each other or lack their partner, NoDeploymentError when
    nothing names a deployment.
    """
    try:
        return _selected(flags, environment, cwd)
    except KitcnError as error:
        problem = error
    del environment  # so that no traceback that shows variables shows the keys in it
    raise problem.with_traceback(None) from None


def _selected(flags: TargetFlags, environment: Mapping[str, str], cwd: Path) -> Selection:
    _check(flags)
    target = _target_by_flags(flags, environment, cwd)
    if target is None:
        from kitcn_repl.targets.configured import select_configured

        return select_configured(flags, environment, cwd)
    from kitcn_repl.project.credentials import control_plane_url

    return Selection(target, target.reason, control_plane_url(environment))


def _check(flags: TargetFlags) -> None:
    naming = {
        "--deployment": flags.deployment is not None,
        "--prod": flags.prod,
        "--preview-name": flags.preview_name is not None,
        "--deployment-name": flags.deployment_name is not None,
        "--url": flags.url is not None,
        "--demo": flags.demo,
        "--snapshot": flags.snapshot is not None,
    }
    given = [flag for flag, is_given in naming.items() if is_given]
    if len(given) > 1:
        raise UsageError(f"{' and '.join(given)} each name a deployment; give only one of them.")
    for flag, value in (
        ("--deployment", flags.deployment),
        ("--preview-name", flags.preview_name),
        ("--deployment-name", flags.deployment_name),
        ("--env-file", flags.env_file),
    ):
        if value is not None and not value.strip():
            raise UsageError(f"{flag} must not be empty.")
    for flag, value in (("--preview-name", flags.preview_name), ("--deployment-name", flags.deployment_name)):
        if value is not None and "|" in value:
            raise UsageError(f"{flag} is given a key, not a name: set that as CONVEX_DEPLOY_KEY in the environment.")
    complete = _is_complete(flags)
    if flags.env_file is not None and complete:
        raise UsageError(f"{given[0]} names the whole deployment already; leave --env-file out.")
    if flags.admin_key is not None and not (flags.url is not None or is_url(flags.deployment or "")):
        raise UsageError("--admin-key needs --url, the address that the key belongs to.")


def _is_complete(flags: TargetFlags) -> bool:
    """Whether the flags say all there is to know, so that no file counts."""
    selector = flags.deployment or ""
    offline = selector == "demo" or selector.startswith(("snapshot:", "sqlite:"))
    return flags.demo or flags.snapshot is not None or flags.url is not None or offline or is_url(selector)


def _target_by_flags(flags: TargetFlags, environment: Mapping[str, str], cwd: Path) -> Target | None:
    if flags.demo:
        return Target("demo", "demo", "--demo")
    if flags.snapshot is not None:
        return _file("snapshot", flags.snapshot, "--snapshot", cwd)
    if flags.url is not None:
        return at_url(flags.url, flags.admin_key, environment, "--url")
    if flags.deployment is None or not _is_complete(flags):
        return None
    from kitcn_repl.targets.selectors import OfflineSelector, UrlSelector, parse_selector

    match parse_selector(flags.deployment):
        case OfflineSelector("demo"):
            return Target("demo", "demo", "--deployment")
        case OfflineSelector("snapshot", path):
            return _file("snapshot", path, "--deployment", cwd)
        case OfflineSelector(_, path):
            return _file("sqlite", path, "--deployment", cwd)
        case UrlSelector(url):
            return at_url(url, flags.admin_key, environment, "--deployment")
    return None


def _file(kind: str, text: str, flag: str, cwd: Path) -> Target:
    if not text:
        what = "snapshot" if kind == "snapshot" else "SQLite"
        raise UsageError(f"{flag}: the {what} file is not named.")
    path = cwd / Path(text).expanduser()
    return Target("snapshot" if kind == "snapshot" else "sqlite", path.name, flag, path=path)


def at_url(url: str, key: str | None, environment: Mapping[str, str], reason: str) -> Target:
    """A live deployment whose address is known. Without a key, the surroundings may have the one of that address."""
    if not is_url(url) or not url.partition("://")[2].strip("/"):
        raise UsageError(
            f"{reason.split()[0]}: {shown(url)!r} is no address, such as https://happy-otter-123.convex.cloud."
        )
    if key is None and environment.get(URL_VARIABLE, "").rstrip("/") == url.rstrip("/"):
        key = environment.get(KEY_VARIABLE)
    if not key:
        raise UsageError(
            f"{shown(url)} needs --admin-key KEY (or {KEY_VARIABLE} beside {URL_VARIABLE} in the environment)."
        )
    deployment_type, name = _described_by_key(key)
    return Target(
        "live",
        name or shown(url).partition("://")[2].rstrip("/"),
        reason,
        url=url,
        admin_key=key,
        deployment_type=deployment_type,
    )


def _described_by_key(key: str) -> tuple[str | None, str | None]:
    """Deployment type and name as far as the key tells: `prod:happy-otter-123|secret` (deployment-api.md 1.1)."""
    public, separator, _secret = key.partition("|")
    if not separator:
        return None, None
    kind, colon, name = public.partition(":")
    if not colon:
        return None, public or None
    if kind in ("prod", "dev"):
        return kind, name or None
    return (kind, None) if kind == "preview" else (None, None)
