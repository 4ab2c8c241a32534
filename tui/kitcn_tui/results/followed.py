"""What a result says when somebody follows an id in it."""

from __future__ import annotations

from textual.message import Message


class Followed(Message):
    """Somebody wants to go to a document."""

    def __init__(self, document_id: str) -> None:
        super().__init__()
        self.document_id = document_id
