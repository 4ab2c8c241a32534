"""Variables from the text of a dotenv file, as `env set` takes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kitcn_repl.explore.environment.rules import MANAGED
from kitcn_repl.project.env_files import parse_env_file


@dataclass(frozen=True, slots=True)
class DotenvText:
    """`left_out` are variables that say which deployment a project uses; they are no business of a deployment."""

    variables: Mapping[str, str] = field(repr=False)
    left_out: tuple[str, ...]


def read_dotenv_text(text: str) -> DotenvText:
    found = parse_env_file(text)
    return DotenvText(
        {name: value for name, value in found.items() if name not in MANAGED},
        tuple(name for name in found if name in MANAGED),
    )
