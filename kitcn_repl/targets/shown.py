"""What the user typed, in a message."""

from __future__ import annotations

import re


def shown(text: str) -> str:
    """The text without the credentials that it may hold by mistake."""
    text = re.sub(r"(?<=://)[^/]*@", "", text)
    return re.sub(r"\|.+", "|…", text, flags=re.DOTALL)
