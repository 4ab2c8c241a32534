"""Where facts of a schema came from, as short as it stays clear."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kitcn_repl.render.text import visible
from kitcn_repl.schema.model import Origin, Place

_NAMES: dict[Origin, str] = {"deployment": "deployed", "data": "data"}


class Places:
    """Writes places of these files: by the file's name alone where no other has the same one.

    Of `home`, the file that one is reading about, the line is enough.
    """

    def __init__(self, files: Iterable[str] = (), home: str | None = None) -> None:
        files = tuple(files)
        names = [file.rpartition("/")[2] for file in files]
        self._short = {file: name for file, name in zip(files, names, strict=True) if names.count(name) == 1}
        if home is not None:
            self._short[home] = ""

    def text(self, place: Place | None) -> str:
        """`schema.ts:12`, nothing for no place."""
        if place is None:
            return ""
        return visible(f"{self._short.get(place.file, place.file)}:{place.line}")

    def sources(self, origins: Sequence[Origin], place: Place | None) -> str:
        """`schema.ts:12, deployed`."""
        texts = []
        if place is not None:
            texts.append(self.text(place))
        elif "source" in origins:
            texts.append("source")
        texts += [_NAMES[origin] for origin in origins if origin != "source"]
        return ", ".join(texts)
