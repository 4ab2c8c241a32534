"""Arguments of an inline query: encoded Convex values as JavaScript constants, written as literals, never as text."""

from __future__ import annotations

import base64
import binascii
import json
import math
import struct
from collections.abc import Mapping

from kitcn_repl.errors import UsageError
from kitcn_repl.values import JsonObject, JsonValue

_KEYWORDS = """
    arguments await break case catch class const continue debugger default delete do else enum eval export extends
    false finally for function if implements import in instanceof interface let new null package private protected
    public return static super switch this throw true try typeof var void while with yield
"""
_RESERVED = frozenset(_KEYWORDS.split())
# What the wrapper or the literals use, and what a query finds in scope.
_IN_SCOPE = "ctx query internalQuery undefined NaN Infinity globalThis Uint8Array"
_TAKEN = frozenset(_IN_SCOPE.split())
_DEEPEST = 64


def constants(arguments: Mapping[str, JsonValue]) -> str:
    """`const a = 1, b = "x";` or an empty text. Values are encoded JSON (deployment-api.md 9.2)."""
    declarations = [f"{_name(name)} = {literal(value, name)}" for name, value in arguments.items()]
    return f"const {', '.join(declarations)};" if declarations else ""


def _name(name: str) -> str:
    if not name.replace("$", "_").isidentifier():
        raise UsageError(f"Argument name {json.dumps(name)} is not a JavaScript identifier.")
    if name in _RESERVED:
        raise UsageError(f'Argument name "{name}" is a reserved word of JavaScript.')
    if name in _TAKEN or name.startswith("__kitcn"):
        raise UsageError(f'Argument name "{name}" already means something in a query; choose another.')
    return name


def literal(value: JsonValue, path: str, depth: int = 0) -> str:
    """A JavaScript expression in ASCII for an encoded value. Raises UsageError naming the path."""
    if depth > _DEEPEST:
        raise UsageError(f"Argument {path} is nested more than {_DEEPEST} levels deep.")
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return _number(value, path)
    if isinstance(value, str):
        return json.dumps(value)
    if isinstance(value, list):
        return "[" + ", ".join(literal(item, f"{path}[{index}]", depth + 1) for index, item in enumerate(value)) + "]"
    special = next(iter(value), "")
    if len(value) == 1 and special.startswith("$"):
        return _special(special, value, path)
    return "{" + ", ".join(_field(key, item, path, depth) for key, item in value.items()) + "}"


def _field(key: str, value: JsonValue, path: str, depth: int) -> str:
    if key.startswith("$"):
        raise UsageError(f"Argument {path} has a field {json.dumps(key)}; names of fields cannot start with $.")
    # A bare "__proto__" key would set the prototype.
    written = '["__proto__"]' if key == "__proto__" else json.dumps(key)
    return f"{written}: {literal(value, f'{path}.{key}', depth + 1)}"


def _number(value: int | float, path: str) -> str:
    try:
        number = float(value)
    except OverflowError:
        raise UsageError(f"Argument {path} is too large for a number.") from None
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    return str(int(number)) if number.is_integer() and 0 < abs(number) < 1e15 else repr(number)


def _special(kind: str, value: JsonObject, path: str) -> str:
    data = value[kind]
    if kind == "$undefined":
        return "undefined"
    if kind not in ("$integer", "$float", "$bytes") or not isinstance(data, str):
        raise UsageError(f"Argument {path} is no Convex value: {kind}.")
    try:
        raw = base64.b64decode(data, validate=True)
    except binascii.Error:
        raise UsageError(f"Argument {path} has base64 in {kind} that is broken.") from None
    if kind == "$bytes":
        return f"new Uint8Array([{','.join(map(str, raw))}]).buffer"
    if len(raw) != 8:
        raise UsageError(f"Argument {path} needs 8 bytes in {kind}, not {len(raw)}.")
    if kind == "$integer":
        return f"{int.from_bytes(raw, 'little', signed=True)}n"
    (number,) = struct.unpack("<d", raw)
    return _number(number, path)
