"""The configuration files of a project, read tolerantly: what is wrong in one is told, and its default taken."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from kitcn_repl.errors import KitcnError
from kitcn_repl.project.jsonc import JsonTextError, line_of_key, parse_json, parse_jsonc
from kitcn_repl.values import JsonObject, JsonValue

_LARGEST = 4 * 1024 * 1024
_LONGEST_PATH = 1024
_LONGEST_NAME = 255


class ConfigurationError(KitcnError):
    """A configuration file that cannot be used as it is. `line` counts from 1; `key` is dotted, empty for the file."""

    def __init__(self, path: Path, line: int, message: str, *, key: str = "", hint: str | None = None) -> None:
        super().__init__(f"{path.name}:{line}: {message}", hint=hint)
        self.path = path
        self.line = line
        self.key = key
        self.problem = message


@dataclass(frozen=True, slots=True)
class ConfigurationFile:
    """A JSON file of the project. `value` is empty where the file is broken; `problems` say why."""

    path: Path
    text: str
    value: JsonObject
    problems: tuple[ConfigurationError, ...] = field(default=())

    def line(self, *keys: str) -> int:
        return line_of_key(self.text, *keys)

    def path_at(self, *keys: str) -> tuple[str | None, ConfigurationError | None]:
        """The name of a file or folder at a path of keys, None where there is none; and what is wrong with a value that
        cannot be one."""
        value: JsonValue = self.value
        for at, key in enumerate(keys):
            if not isinstance(value, dict):
                return None, self._wrong(keys[:at], "is not an object")
            value = value.get(key)
            if value is None:
                return None, None
        if isinstance(value, str) and value.strip() and _can_be_path(value):
            return value, None
        return None, self._wrong(keys, "is not a path")

    def _wrong(self, keys: tuple[str, ...], what: str) -> ConfigurationError:
        key = ".".join(keys)
        return ConfigurationError(self.path, self.line(*keys), f'"{key}" {what}.', key=key)


def _can_be_path(text: str) -> bool:
    """Whether every file system takes this for a name, so that looking for it raises nothing."""
    return (
        text.isprintable()
        and len(text) <= _LONGEST_PATH
        and all(len(part.encode("utf-8", "replace")) <= _LONGEST_NAME for part in text.split("/"))
    )


def read_configuration(path: Path) -> ConfigurationFile | None:
    """The JSON object in a file, None where there is no such file. Never raises: see `ConfigurationFile.problems`."""
    try:
        if not path.is_file():
            return None
        if path.stat().st_size > _LARGEST:
            return ConfigurationFile(path, "", {}, (ConfigurationError(path, 1, "The file is larger than 4 MiB."),))
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        return ConfigurationFile(path, "", {}, (ConfigurationError(path, 1, "The file is not UTF-8 text."),))
    except OSError as error:
        problem = ConfigurationError(path, 1, f"The file cannot be read: {error.strerror}.")
        return ConfigurationFile(path, "", {}, (problem,))
    problems: list[ConfigurationError] = []
    try:
        value = parse_json(text)
    except JsonTextError as error:
        problems.append(ConfigurationError(path, error.line, f"This is not JSON: {error}."))
        try:
            # Comments and trailing commas: wrong for Convex and kitcn, but what is meant is clear.
            value = parse_jsonc(text)
        except JsonTextError:
            value = {}
    if not isinstance(value, dict):
        problems.append(ConfigurationError(path, 1, "The file does not hold a JSON object."))
        value = {}
    return ConfigurationFile(path, text, value, tuple(problems))
