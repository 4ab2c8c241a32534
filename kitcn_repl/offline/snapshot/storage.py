"""`_storage/documents.jsonl` as the virtual table `_storage` that queries see (offline-formats.md 2.4)."""

from __future__ import annotations

import json
from typing import Final

from kitcn_repl.offline.snapshot.encodings import Plain
from kitcn_repl.values.export import dump_text

_VISIBLE: Final = ("_id", "_creationTime", "contentType", "sha256", "size")


class StorageMetadata(Plain):
    """Drops what exports add (`internalId`, nulls); `size` is a float64 as queries see it. Bodies stay in the ZIP."""

    converts = True

    def converted(self, document_id: str, line: str) -> str:
        metadata = json.loads(line)
        visible = {name: metadata[name] for name in _VISIBLE if metadata.get(name) is not None}
        if isinstance(visible.get("size"), int):
            try:
                visible["size"] = float(visible["size"])
            except OverflowError:
                raise ValueError('"size" is no number of bytes') from None
        return dump_text(visible)
