"""`python -m tools.reference`."""

from __future__ import annotations

from tools.reference import write_pages

write_pages()
