"""Under which names a front end finds its deployment's addresses (control-plane.md 1.12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kitcn_repl.project.configuration import ConfigurationFile

_PREFIXES = (
    ("react-scripts", "REACT_APP_"),
    ("next", "NEXT_PUBLIC_"),
    ("expo", "EXPO_PUBLIC_"),
    ("@sveltejs/kit", "PUBLIC_"),
    ("@tanstack/start", "VITE_"),
    ("@tanstack/react-start", "VITE_"),
    ("vite", "VITE_"),
)
"""The first package that a project depends on decides: vite comes with many others."""
_ALL_PREFIXES = ("", "PUBLIC_", "NEXT_PUBLIC_", "VITE_", "REACT_APP_", "EXPO_PUBLIC_")


@dataclass(frozen=True, slots=True)
class UrlVariables:
    """Names for the deployment's address and for that of its HTTP actions."""

    cloud: str
    site: str


@dataclass(frozen=True, slots=True)
class UrlChanges:
    """Variables to set, and in one line each why an address is set nowhere."""

    values: Mapping[str, str]
    problems: tuple[str, ...] = ()


def suggested_names(package: ConfigurationFile | None) -> UrlVariables:
    declared = {} if package is None else package.value
    groups = (declared.get("dependencies"), declared.get("devDependencies"))
    names = {name for group in groups if isinstance(group, dict) for name in group}
    prefix = next((prefix for name, prefix in _PREFIXES if name in names), "")
    return UrlVariables(f"{prefix}CONVEX_URL", f"{prefix}CONVEX_SITE_URL")


def url_changes(
    suggested: UrlVariables, variables: Mapping[str, str], file: str, *, cloud: str, site: str | None
) -> UrlChanges:
    """What to set in an env file that holds `variables`. A name that is there already is kept; where there are several,
    or another variable has the same value, nothing is changed: that is for its owner to decide."""
    wanted = (
        (suggested.cloud, "CONVEX_URL", cloud),
        (suggested.site, "CONVEX_SITE_URL", site or ""),
    )
    values: dict[str, str] = {}
    for default, bare, value in wanted:
        there = [name for name in variables if name in {f"{prefix}{bare}" for prefix in _ALL_PREFIXES}]
        if len(there) > 1:
            return UrlChanges({}, (f"{file} sets {' and '.join(there)}: set the addresses in it yourself.",))
        name = there[0] if there else default
        old = variables.get(name) if there else None
        if old == value:
            continue
        if old and sum(other == old for other in variables.values()) > 1:
            return UrlChanges({}, (f"{file}: another variable has the value of {name}: set both yourself.",))
        if value:
            values[name] = value
    return UrlChanges(values)
