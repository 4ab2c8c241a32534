"""The same TypeScript in other clothes: quotes, commas, comments, line breaks, and other names for what is imported."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

Pick = Callable[[Sequence[str]], str]

_TOKEN = re.compile(
    r"""(?P<text>'[^'\\\n]*'|"[^"\\\n]*"|`[^`]*`)|(?P<comma>,[ \n]+)|(?P<end>[ \n]*\})|(?P<semicolon>;\n)"""
    r"""|(?P<call>\)\.(?=[a-z$]))|(?P<other>[\w$]+|[ \n]+|.)""",
    re.DOTALL,
)
_NOISE = [
    "// export default defineSchema({});\n",
    "/* convexTable('never', { a: text() }) */\n",
    "/**\n * It's { [( `${written}` \"by hand\n */\n",
    "// @ts-expect-error 'one quote\n",
]


def dress(code: str, pick: Pick) -> str:
    """The first choice of `pick` leaves it as it is."""
    style = {name: pick(["plain", name]) for name in ("quotes", "commas", "semicolons", "breaks", "noise")}
    out: list[str] = []
    significant = ""
    for found in _TOKEN.finditer(code):
        token = found[0]
        match found.lastgroup:
            case "text" if style["quotes"] == "quotes" and token[0] == "'" and '"' not in token:
                out.append(f'"{token[1:-1]}"')
            case "comma" if style["breaks"] == "breaks":
                out.append(pick([token, ",\n      ", ",", ", /* ' } */ ", ", // ) `\n"]))
            case "end" if style["commas"] == "commas" and significant not in "{;,":
                out.append(pick(["", ","]) + token)
            case "semicolon" if style["semicolons"] == "semicolons":
                out.append("\n")
            case "call" if style["breaks"] == "breaks":
                out.append(pick([token, ")\n    .", ") /* } */ ."]))
            case _:
                out.append(token)
        if token.strip():
            significant = token.strip()[-1]
    text = "".join(out)
    if style["noise"] == "noise":
        lines = text.splitlines(keepends=True)
        at = len(lines) // 2 if pick(["start", "middle"]) == "middle" else 0
        # Behind a line that ends a statement; elsewhere it could be within a template or behind `return`.
        while at and not lines[at - 1].endswith((";\n", "\n\n")):
            at -= 1
        text = "".join([*lines[:at], pick(_NOISE), *lines[at:]])
    return pick(["", "", "\ufeff", "#!/usr/bin/env node\n"]) + text.replace("\n", pick(["\n", "\n", "\r\n"]))


def imported(names: Sequence[str], package: str, pick: Pick) -> tuple[str, Callable[[str], str]]:
    """The import of functions from a package, and how code that calls them is to be rewritten."""
    match pick(["named", "renamed", "namespace", "constants"]):
        case "renamed":
            parts = ", ".join(f"{name} as $_{name}" for name in names)
            return f"import {{ {parts} }} from '{package}';\n", lambda code: _called(code, names, r"$_\1")
        case "namespace":
            return f"import * as orm from '{package}';\n", lambda code: _called(code, names, r"orm.\1")
        case "constants":
            parts = ", ".join(f"{name}: my_{name}" for name in names)
            head = f"import * as everything from '{package}';\nconst {{ {parts} }} = everything;\n"
            return head, lambda code: _called(code, names, r"my_\1")
        case _:
            return f"import {{ {', '.join(names)} }} from '{package}';\n", lambda code: code


def _called(code: str, names: Sequence[str], replacement: str) -> str:
    return re.sub(rf"(?<![\w$.'\"`])({'|'.join(names)})(?=[(<])", replacement, code)
