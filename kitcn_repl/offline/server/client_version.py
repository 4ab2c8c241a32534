"""The `Convex-Client` header: which client asks, and whether it is still served (deployment-api 1.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kitcn_repl.offline.server.failures import ApiError, bad_request

_SEMVER = re.compile(
    r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]+)?"
)

Version = tuple[int, int, int]

_LAST_UNSUPPORTED: dict[str, Version] = {"npm": (0, 19, 1), "python": (0, 0, 2), "rust": (0, 0, 1)}
_UPGRADE_HINTS = {
    "npm": "Update your Convex npm version with `npx convex update` or `npm update`.",
    "python": "Update your Convex python version with `pip install --upgrade convex`.",
    "rust": "Update your Convex rust version with `cargo update -p convex` or by updating `Cargo.toml`.",
}
_FAMILIES = {
    "npm": "npm",
    "npm-cli": "npm",
    "actions": "npm",
    "python": "python",
    "python-convex": "python",
    "rust": "rust",
}
_FIRST_WITH_FORMAT: dict[str, Version] = {"npm": (1, 4, 1), "python": (0, 5, 0)}


@dataclass(frozen=True, slots=True)
class ClientVersion:
    name: str
    version: Version
    text: str

    @property
    def family(self) -> str | None:
        return _FAMILIES.get(self.name)

    @property
    def default_format(self) -> str:
        """Old clients never named a format and expect the encoded one."""
        first = _FIRST_WITH_FORMAT.get(self.family or "")
        return "convex_encoded_json" if first is not None and self.version < first else "json"

    def check_supported(self) -> None:
        """Refuse what Convex refuses."""
        family = self.family
        if family is not None and self.version <= _LAST_UNSUPPORTED[family]:
            raise UnsupportedClientError(
                f"The Convex {self.name} package at version {self.text} is no longer supported. "
                f"{_UPGRADE_HINTS[family]}"
            )


class UnsupportedClientError(ApiError):
    def __init__(self, message: str) -> None:
        super().__init__(400, "ClientVersionUnsupported", message)


UNKNOWN_CLIENT = ClientVersion("unknown", (0, 0, 0), "0.0.0")


def parse_client_version(header: str | None) -> ClientVersion:
    """`npm-cli-1.48.0`: the longest semver that ends the text is the version."""
    if header is None:
        return UNKNOWN_CLIENT
    parts = header.split("-")
    for start in range(1, len(parts)):
        text = "-".join(parts[start:])
        match = _SEMVER.fullmatch(text)
        if match:
            major, minor, patch = (int(match[group]) for group in (1, 2, 3))
            return ClientVersion("-".join(parts[:start]).lower(), (major, minor, patch), text)
    raise bad_request(
        "InvalidClientVersion",
        f"Failed to parse client version string: '{header}'. Expected format is {{client_name}}-{{semver}}, "
        "e.g. my-esolang-client-0.0.1",
    )
