"""Values that come from the sandbox or from a client: whether they are values at all."""

from __future__ import annotations

import json
from typing import NoReturn

from kitcn_repl.values import JsonValue
from kitcn_repl.values.codec import decode
from kitcn_repl.values.nesting import check_nesting


def parse_value(text: bytes | bytearray) -> JsonValue:
    """Encoded JSON from its text. Raises ValueError for what no Convex value looks like."""
    value: JsonValue = json.loads(text, parse_constant=_refuse)
    # Looking at every form costs as much as decoding, and most values have none.
    if b'"$' in text or b"u0024" in text:
        check_value(value)
    else:
        check_nesting(value)
    return value


def check_value(value: JsonValue) -> None:
    """Raises ValueError, which says where, unless this is an encoded value."""
    check_nesting(value)
    decode(value)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
