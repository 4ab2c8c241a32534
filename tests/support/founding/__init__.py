"""The schema of the document that the project was founded on, as its users' project has it."""

from __future__ import annotations

from pathlib import Path

PROJECT = Path(__file__).parent
SCHEMA = PROJECT / "convex" / "functions" / "schema.ts"
