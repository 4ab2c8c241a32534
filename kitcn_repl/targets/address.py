"""Addresses among what users type."""

from __future__ import annotations


def is_url(text: str) -> bool:
    return text.startswith(("http://", "https://"))
