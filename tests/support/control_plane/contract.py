"""Bodies against Convex's OpenAPI document: the part of JSON Schema that it uses."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DOCUMENT = Path(__file__).parents[3] / "../shared/openapi/management-openapi.json"

_TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "null": type(None),
}


class Contract:
    """Names what is wrong with a body, one line each."""

    def __init__(self, document: Any) -> None:
        self._schemas = document["components"]["schemas"]
        self._operations: list[tuple[str, re.Pattern[str], Any]] = []
        for path, operations in document["paths"].items():
            pattern = re.compile(re.sub(r"\{[^}]*\}", "[^/]+", path))
            for method, operation in operations.items():
                if method != "parameters":
                    self._operations.append((method.upper(), pattern, operation))

    @classmethod
    def if_there(cls) -> Contract | None:
        return cls(json.loads(DOCUMENT.read_text())) if DOCUMENT.exists() else None

    def request_problems(self, method: str, path: str, body: Any) -> list[str]:
        """`path` without `/v1`."""
        operation = self._operation(method, path)
        if operation is None:
            return [f"{method} {path} is not in the document"]
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if content is None:
            return []
        return list(self._problems(body, content["schema"], "body"))

    def answer_problems(self, method: str, path: str, status: int, body: Any) -> list[str]:
        operation = self._operation(method, path)
        if operation is None or status >= 400:
            return []
        answer = operation["responses"].get(str(status))
        if answer is None:
            return [f"{method} {path} may not answer {status}"]
        content = answer.get("content", {}).get("application/json")
        if content is None:
            return [] if body is None else [f"{method} {path} has no answer body in the document"]
        return [f"{method} {path}: {problem}" for problem in self._problems(body, content["schema"], "answer")]

    def _operation(self, method: str, path: str) -> Any:
        # The most literal one: {project_slug} matches "deployment" too.
        fitting = [one for one in self._operations if one[0] == method and one[1].fullmatch(path)]
        return max(fitting, key=lambda one: -one[1].pattern.count("[^/]+"))[2] if fitting else None

    def _problems(self, value: Any, schema: Any, place: str) -> Iterator[str]:
        if "$ref" in schema:
            yield from self._problems(value, self._schemas[schema["$ref"].rpartition("/")[2]], place)
            return
        if "oneOf" in schema:
            alternatives = [list(self._problems(value, one, place)) for one in schema["oneOf"]]
            if sum(not problems for problems in alternatives) != 1:
                closest = min(alternatives, key=len)
                yield closest[0] if closest else f"{place} fits several alternatives"
            return
        allowed = schema.get("type")
        if allowed is not None:
            names = [allowed] if isinstance(allowed, str) else allowed
            if not any(_is(value, name) for name in names):
                yield f"{place} is {value!r}, not {' or '.join(names)}"
                return
        if "enum" in schema and value not in schema["enum"]:
            yield f"{place} is {value!r}, not one of {schema['enum']}"
        if "minimum" in schema and isinstance(value, int) and value < schema["minimum"]:
            yield f"{place} is {value}, below {schema['minimum']}"
        if isinstance(value, list):
            for number, item in enumerate(value):
                yield from self._problems(item, schema.get("items", {}), f"{place}[{number}]")
        if isinstance(value, dict):
            yield from self._object_problems(value, schema, place)

    def _object_problems(self, value: dict[str, Any], schema: Any, place: str) -> Iterator[str]:
        properties = schema.get("properties", {})
        for name in schema.get("required", []):
            if name not in value:
                yield f"{place} lacks {name}"
        extra = schema.get("additionalProperties", True)
        for name, item in value.items():
            if name in properties:
                yield from self._problems(item, properties[name], f"{place}.{name}")
            elif extra is False:
                yield f"{place} has {name}, which is not allowed"
            elif isinstance(extra, dict):
                yield from self._problems(item, extra, f"{place}.{name}")


def _is(value: Any, name: str) -> bool:
    if isinstance(value, bool) and name in ("integer", "number"):
        return False
    return isinstance(value, _TYPES[name])
