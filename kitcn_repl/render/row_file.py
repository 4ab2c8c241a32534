"""Rows into a file, as they come; there is a whole file under its name, or none."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO, Literal

from kitcn_repl.errors import KitcnError
from kitcn_repl.project.partial_files import partial_file, remove_abandoned
from kitcn_repl.render.rows import STREAMS, as_csv, columns_of
from kitcn_repl.values import JsonObject

FileFormat = Literal["json", "jsonl", "csv"]


def format_of(path: Path) -> FileFormat:
    """What the file's name says; JSON lines for a name that says nothing. Raises KitcnError."""
    formats: dict[str, FileFormat] = {
        ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", "": "jsonl",
    }  # fmt: skip
    found = formats.get(path.suffix.lower())
    if found is None:
        raise KitcnError(f"{path.name}: a file ends in .csv, .json or .jsonl.")
    return found


class RowFile:
    """`write` rows, then `finish`, or else `abandon`. All of them raise KitcnError when there is no space and the like.

    CSV begins with the names of all columns, which only the last row tells: until then its rows wait in a file of
    their own. Nothing is kept in memory.
    """

    def __init__(self, path: Path) -> None:
        """Raises KitcnError if there is such a file already, or cannot be."""
        self.path = path
        self.format = format_of(path)
        self._stream = STREAMS["jsonl" if self.format == "csv" else self.format]()
        self._columns: dict[str, None] = {}
        remove_abandoned(path.parent, path.name)
        if path.exists():
            raise KitcnError(f"There is a file {path.name} already; choose another name.")
        self._partials = ExitStack()
        try:
            self._file = self._temporary()
        except OSError as error:
            raise self._failure(error) from error

    def write(self, rows: Sequence[JsonObject]) -> None:
        try:
            for row in rows:
                if self.format == "csv":
                    self._columns.update(dict.fromkeys(row))
                self._file.write(self._stream.row(row))
        except OSError as error:
            raise self._failure(error) from error

    def finish(self) -> None:
        """Give the file its name."""
        try:
            self._file.write(self._stream.end())
            if self.format == "csv":
                self._as_csv()
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            try:
                # unlike a rename this replaces nothing
                os.link(self._partial, self.path)
            except FileExistsError:
                raise KitcnError(f"There is a file {self.path.name} already; choose another name.") from None
            except OSError:
                self._partial.replace(self.path)
        except OSError as error:
            raise self._failure(error) from error
        finally:
            self.abandon()

    def abandon(self) -> None:
        """Leave nothing behind."""
        with suppress(OSError):  # of what waits to be written, on a full disk
            self._file.close()
        self._partials.close()

    def _as_csv(self) -> None:
        columns = columns_of([dict.fromkeys(self._columns)])
        lines = self._file
        self._file = self._temporary()
        try:
            if columns:
                csv.writer(self._file, lineterminator="\r\n").writerow(columns)
                lines.seek(0)
                for line in lines:
                    if line.strip():
                        body = as_csv([json.loads(line)], columns)
                        self._file.write(body[len(as_csv([], columns)) :])
        finally:
            with suppress(OSError):
                lines.close()

    def _temporary(self) -> IO[str]:
        self._partial, descriptor = self._partials.enter_context(partial_file(self.path))
        mask = os.umask(0o077)  # it cannot be read without; other threads' files are private meanwhile
        os.umask(mask)
        os.fchmod(descriptor, 0o666 & ~mask)
        return open(descriptor, "w+", encoding="utf-8", errors="surrogatepass", newline="", closefd=False)

    def _failure(self, error: OSError) -> KitcnError:
        return KitcnError(f"{self.path} cannot be written: {error.strerror}.")
