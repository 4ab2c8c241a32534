"""Texts as they may be kept: without keys and tokens that somebody typed or pasted."""

from __future__ import annotations

import re
from typing import Final

MASK: Final = "***"

_FLAG: Final = re.compile(
    r"(--(?:admin-key|deploy-key|token|login-token|password|secret)(?:=|\s+))(?:'[^']*'|\"[^\"]*\"|\S+)"
)
_VARIABLE: Final = re.compile(
    r"(\b[A-Z][A-Z0-9_]{0,60}(?:KEY|TOKEN|SECRET|PASSWORD)[A-Z0-9_]{0,60}\s*=\s*)(?:'[^'\n]*'|\"[^\"\n]*\"|[^\s'\"]+)"
)
_ENV_SET: Final = re.compile(r"(\benv\s+(?:default\s+)?set\s+)([^\s=]+)([\s=]+)\S[^\n]*")
_KEY: Final = re.compile(r"((?<![\w:.-])[\w:.-]{2,200}\|)(?=[A-Za-z0-9+/_=.-]*[0-9])[A-Za-z0-9+/_=.-]{16,}")
_JWT: Final = re.compile(r"\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){0,2}")
_BEARER: Final = re.compile(r"((?:Bearer|Convex)\s+)[A-Za-z0-9+/_=.|:-]{16,}")


def without_secrets(text: str) -> str:
    """The text with what looks like an admin key, a deploy key, a token, or the value of an environment variable that
    is being set, masked."""
    for pattern in (_FLAG, _VARIABLE, _KEY, _BEARER):
        text = pattern.sub(lambda match: f"{match[1]}{MASK}", text)
    text = _JWT.sub(MASK, text)
    return _ENV_SET.sub(lambda match: f"{match[1]}{match[2]}{match[3]}{MASK}", text)
