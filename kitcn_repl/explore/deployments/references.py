"""The rules for a new deployment's reference (control-plane.md 3.3), and what a git branch suggests."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kitcn_repl.errors import UsageError
from kitcn_repl.targets.address import is_url
from kitcn_repl.targets.selectors import is_deployment_name
from kitcn_repl.targets.shown import shown

_ALIASES = {
    "dev": "your default dev deployment",
    "prod": "the project's default prod deployment",
    "local": "the local deployment",
}
_RESERVED = frozenset({"cloud", "default", "name", "new", "existing", "deployment", "preview"})
_LEAST, _MOST = 3, 100
_NO_BRANCH = frozenset({"", "HEAD", "main", "master"})


@dataclass(frozen=True, slots=True)
class NewReference:
    """What the new deployment is called, and in which project if that was said. `local` is not called anything."""

    reference: str
    team: str | None = None
    project: str | None = None

    @property
    def is_local(self) -> bool:
        return self.reference == "local"


def parse_new_reference(text: str) -> NewReference:
    """`REFERENCE` or `TEAM:PROJECT:REFERENCE`, checked. Raises UsageError."""
    if "|" in text or is_url(text):
        raise UsageError(f"{shown(text)!r} is no reference, such as staging or dev/my-feature.")
    parts = text.split(":")
    if len(parts) == 2:
        raise UsageError(
            f"{text!r} does not say which team: write TEAM:{parts[0] or 'PROJECT'}:{parts[1] or 'REFERENCE'}."
        )
    if len(parts) > 3 or not all(parts):
        raise UsageError(f"{text!r} is not of the form REFERENCE or TEAM:PROJECT:REFERENCE.")
    team, project = (parts[0], parts[1]) if len(parts) == 3 else (None, None)
    if parts[-1] != "local":
        check_reference(parts[-1])
    return NewReference(parts[-1], team, project)


def check_reference(reference: str) -> None:
    """Raises UsageError that says which rule is broken."""
    problem = reference_problem(reference)
    if problem is not None:
        raise UsageError(problem)


def reference_problem(reference: str) -> str | None:
    """Which rule is broken, in one line."""
    name = repr(shown(reference))
    if reference in _ALIASES:
        return f"{name} cannot be a reference: it stands for {_ALIASES[reference]}."
    if is_deployment_name(reference):
        return f"{name} cannot be a reference: names like word-word-123 are Convex's own."
    wrong = sorted(set(re.sub(r"[a-z0-9/-]", "", reference)))
    if wrong:
        which = " ".join("space" if char.isspace() else char for char in wrong if char.isprintable() or char.isspace())
        return f"{name} cannot be a reference: only a-z, 0-9, - and / may be in one, not {which or 'such characters'}."
    if not _LEAST <= len(reference) <= _MOST:
        return f"{name} cannot be a reference: it has {len(reference)} characters, not {_LEAST} to {_MOST}."
    if reference in _RESERVED or reference.startswith("local-"):
        return f"{name} cannot be a reference: it is reserved."
    return None


def reference_of_branch(branch: str | None, deployment_type: str) -> str | None:
    """`dev/my-feature` for the branch `My feature`; None where nothing good comes of it, and for prod."""
    if deployment_type not in ("dev", "preview") or branch is None or branch in _NO_BRANCH:
        return None
    slug = re.sub(r"-+", "-", re.sub(r"[^a-z0-9/-]", "-", branch)).strip("-")
    reference = f"{deployment_type}/{slug}"
    return reference if slug and reference_problem(reference) is None else None
