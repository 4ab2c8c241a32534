"""Which deployment is meant, and why it was chosen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from kitcn_repl.errors import NoDeploymentError, UsageError

URL_VARIABLE = "CONVEX_SELF_HOSTED_URL"
KEY_VARIABLE = "CONVEX_SELF_HOSTED_ADMIN_KEY"
WAYS = f"--demo, --snapshot FILE.zip, --url URL --admin-key KEY, or {URL_VARIABLE} with {KEY_VARIABLE}"


@dataclass(frozen=True, slots=True)
class TargetFlags:
    """What the user said on the command line (or passed to `connect`); None or False where nothing."""

    deployment: str | None = None
    url: str | None = None
    admin_key: str | None = field(default=None, repr=False)
    demo: bool = False
    snapshot: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """A resolved deployment. `path` is set for a snapshot, `url` and `admin_key` for a live deployment."""

    kind: Literal["demo", "snapshot", "live"]
    name: str
    reason: str
    path: Path | None = None
    url: str | None = None
    admin_key: str | None = field(default=None, repr=False)
    deployment_type: str | None = None

    @property
    def label(self) -> str:
        """For people: `demo (--demo)`, `prod · happy-otter-123 (--url)`."""
        prefix = f"{self.deployment_type} · " if self.deployment_type else ""
        return f"{prefix}{self.name} ({self.reason})"

    @property
    def is_prod(self) -> bool:
        return self.deployment_type == "prod"


def resolve(flags: TargetFlags, environment: Mapping[str, str], cwd: Path) -> Target:
    """The target that the flags name, else the one in the environment.

    Raises UsageError for flags that contradict each other or lack their partner, NoDeploymentError when nothing names
    a deployment.
    """
    selecting = {
        "--deployment": flags.deployment is not None,
        "--url": flags.url is not None,
        "--demo": flags.demo,
        "--snapshot": flags.snapshot is not None,
    }
    given = [flag for flag, is_given in selecting.items() if is_given]
    if len(given) > 1:
        raise UsageError(f"{' and '.join(given)} each name a deployment; give only one of them.")
    if flags.admin_key is not None and not _takes_key(flags):
        raise UsageError("--admin-key needs --url, the address that the key belongs to.")

    if flags.demo:
        return Target("demo", "demo", "--demo")
    if flags.snapshot is not None:
        return _snapshot(flags.snapshot, "--snapshot", cwd)
    if flags.url is not None:
        return _live(flags.url, flags.admin_key, environment, "--url")
    if flags.deployment is not None:
        return _from_selector(flags.deployment, flags.admin_key, environment, cwd)
    return _from_environment(environment)


def _takes_key(flags: TargetFlags) -> bool:
    return flags.url is not None or (flags.deployment is not None and _is_url(flags.deployment))


def _from_selector(selector: str, key: str | None, environment: Mapping[str, str], cwd: Path) -> Target:
    if selector == "demo":
        return Target("demo", "demo", "--deployment")
    if selector.startswith("snapshot:"):
        return _snapshot(selector.removeprefix("snapshot:"), "--deployment", cwd)
    if _is_url(selector):
        return _live(selector, key, environment, "--deployment")
    raise NoDeploymentError(
        f"--deployment {_shown(selector)!r} is no deployment that this version can find;"
        " it knows demo, snapshot:FILE.zip and http(s):// addresses."
    )


def _from_environment(environment: Mapping[str, str]) -> Target:
    url = environment.get(URL_VARIABLE)
    if not url:
        raise NoDeploymentError(f"No deployment is named. Use {WAYS}.")
    return _live(url, None, environment, f"{URL_VARIABLE} in the environment")


def _snapshot(text: str, flag: str, cwd: Path) -> Target:
    if not text:
        raise UsageError(f"{flag}: the snapshot file is not named.")
    path = cwd / Path(text).expanduser()
    return Target("snapshot", path.name, flag, path=path)


def _live(url: str, key: str | None, environment: Mapping[str, str], reason: str) -> Target:
    if not _is_url(url) or not url.partition("://")[2].strip("/"):
        raise UsageError(
            f"{reason.split()[0]}: {_shown(url)!r} is no address, such as https://happy-otter-123.convex.cloud."
        )
    if key is None and environment.get(URL_VARIABLE, "").rstrip("/") == url.rstrip("/"):
        key = environment.get(KEY_VARIABLE)
    if not key:
        raise UsageError(
            f"{_shown(url)} needs --admin-key KEY (or {KEY_VARIABLE} beside {URL_VARIABLE} in the environment)."
        )
    deployment_type, name = _described_by_key(key)
    return Target(
        "live",
        name or _shown(url).partition("://")[2].rstrip("/"),
        reason,
        url=url,
        admin_key=key,
        deployment_type=deployment_type,
    )


def _shown(text: str) -> str:
    """What the user typed, without the credentials that it may hold by mistake."""
    text = re.sub(r"(?<=://)[^/]*@", "", text)
    return re.sub(r"\|.+", "|…", text, flags=re.DOTALL)


def _is_url(text: str) -> bool:
    return text.startswith(("http://", "https://"))


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
