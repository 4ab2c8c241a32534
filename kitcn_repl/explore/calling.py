"""What the user writes to call a deployed function: its name, its arguments, the identity to act as."""

from __future__ import annotations

from pathlib import Path

from kitcn_repl.deployment.identity import complete_identity
from kitcn_repl.errors import UsageError
from kitcn_repl.explore.crpc_dates import date_in, encode_dates
from kitcn_repl.explore.json5 import Json5Error, parse
from kitcn_repl.project.configuration import read_configuration
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.codec import decode, encode

_EXTENSIONS = (".ts", ".js", ".tsx", ".jsx", ".mts", ".mjs", ".cts", ".cjs")


def function_path(name: str, project: Path, functions: str = "convex/") -> str:
    """The path that a deployment knows: `api.foo.bar`, `convex/foo.ts:bar` and `foo:bar` are `foo:bar`.

    `functions` is the project's directory of functions, with its slash. A path under it is taken as one from the
    project's root, unless the directory holds another of the same name. Raises UsageError.
    """
    if name.startswith(("api.", "internal.")):
        parts = name.split(".")
        if len(parts) < 3:
            raise UsageError(f'Function name has too few parts: "{name}"')
        return f"{'/'.join(parts[1:-1])}:{parts[-1]}"

    file, *exports = name.split(":")
    module = next((file.removesuffix(ending) for ending in _EXTENSIONS if file.endswith(ending)), file)
    export = exports[0] if exports else "default"
    if file.startswith(functions) and not _exists(project / functions / file, has_extension=module != file):
        module = module.removeprefix(functions)
    return f"{module}:{export}"


def _exists(path: Path, *, has_extension: bool) -> bool:
    if has_extension:
        return path.exists()
    return any(path.with_name(path.name + ending).exists() for ending in _EXTENSIONS)


def functions_directory(project: Path) -> str:
    """The directory of functions that `convex.json` names, with its slash; `convex/` where it names none."""
    config = read_configuration(project / "convex.json")
    named = None if config is None else config.path_at("functions")[0]
    return named.removeprefix("./").rstrip("/") + "/" if named is not None and named.strip("./") else "convex/"


def parse_arguments(text: str) -> JsonObject:
    """JSON5 as encoded arguments; `5n`, `{"$integer": ...}` and the like, and `{"$date": ...}` are taken.

    Raises UsageError.
    """
    value = parse_value(text, "arguments")
    if (
        not isinstance(value, dict)
        or set(value) in ({"$integer"}, {"$float"}, {"$bytes"})
        or date_in(value) is not None
    ):
        raise UsageError(f"Arguments must be an object such as '{{\"limit\": 5}}', not {text.strip()}.")
    return value


def parse_value(text: str, what: str) -> JsonValue:
    """JSON5 as an encoded value; `what` names it in errors. Raises UsageError."""
    try:
        return encode(decode(encode_dates(parse(text))))
    except Json5Error as error:
        raise UsageError(f"Failed to parse {what} as JSON: {text!r}: {error}") from None
    except ValueError as error:
        raise UsageError(f"Invalid {what}: {error}") from None


def parse_identity(text: str) -> JsonObject:
    """The identity to act as, with the defaults that the genuine CLI fills in (deployment-api.md 3.3)."""
    try:
        identity = parse(text)
    except Json5Error as error:
        raise UsageError(f"Failed to parse identity as JSON: {text!r}: {error}") from None
    if not isinstance(identity, dict):
        raise UsageError(f'An identity must be an object such as \'{{"subject": "user-1"}}\', not {text.strip()}.')
    return complete_identity(identity)
