"""Reading a ZIP through its central directory: any size, untrusted, in constant memory (offline-formats.md 2.3).

Python's `zipfile` is not used because it keeps an object for every entry, stored files included, and trusts declared
sizes.
"""

from __future__ import annotations

import hashlib
import os
import re
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from kitcn_repl.offline.snapshot.errors import SnapshotError, SnapshotMissingError, shown
from kitcn_repl.offline.snapshot.lookalikes import what_it_is

_END: Final = struct.Struct("<4sHHHHIIH")
_END64_LOCATOR: Final = struct.Struct("<4sIQI")
_END64: Final = struct.Struct("<4sQHHIIQQQQ")
_CENTRAL: Final = struct.Struct("<4sHHHHHHIIIHHHHHII")
_LOCAL: Final = struct.Struct("<4sHHHHHIIIHH")
_FULL32: Final = 0xFFFFFFFF
_FULL16: Final = 0xFFFF

_ENCRYPTED: Final = 0x1
_UTF8: Final = 0x800
_STORED, _DEFLATED = 0, 8
_MAX_DEFLATE_RATIO: Final = 1032
_INPUT_BYTES: Final = 256 * 1024
_OUTPUT_BYTES: Final = 1024 * 1024
_LONGEST_PATH: Final = 4096
_DRIVE: Final = re.compile("[A-Za-z]:")


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in the ZIP. Sizes in bytes; `offset` is where its local header begins."""

    name: str
    method: int
    checksum: int
    compressed: int
    size: int
    offset: int


class Container:
    """An open ZIP file. Use as a context manager. Every method raises SnapshotError for what is wrong with the file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = shown(path.name)
        self.place = shown(str(path), _LONGEST_PATH)
        self._file = _open(path)
        try:
            self.size = os.fstat(self._file.fileno()).st_size
            self._locate_directory()
        except OSError as error:
            self._file.close()
            raise SnapshotError(f"Cannot read {self.place}: {error.strerror}") from None
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Container:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def identity(self) -> bytes:
        """A digest of the central directory (names, checksums, sizes) and the file's size."""
        digest = hashlib.sha256(b"%d:" % self.size)
        self._file.seek(self._directory)
        remaining = self._directory_size
        while remaining and (chunk := self._file.read(min(remaining, _OUTPUT_BYTES))):
            digest.update(chunk)
            remaining -= len(chunk)
        return digest.digest()

    def entries(self) -> Iterator[Entry]:
        """All files, in the order written; folders are left out. Unsafe names and encryption are refused."""
        self._file.seek(self._directory)
        end = self._directory + self._directory_size
        position = self._directory
        while position < end:
            self._file.seek(position)
            header = self._file.read(_CENTRAL.size)
            if len(header) < _CENTRAL.size or header[:4] != b"PK\x01\x02":
                raise self._damaged("its table of contents does not parse")
            (
                _,
                _,
                _,
                flags,
                method,
                _,
                _,
                checksum,
                compressed,
                size,
                name_size,
                extra_size,
                comment_size,
                *_,
                offset,
            ) = _CENTRAL.unpack(header)
            raw_name = self._file.read(name_size)
            extra = self._file.read(extra_size)
            position += _CENTRAL.size + name_size + extra_size + comment_size
            if len(extra) < extra_size or position > end:
                raise self._damaged("its table of contents does not parse")
            name = self._safe_name(raw_name, flags)
            if flags & _ENCRYPTED:
                raise SnapshotError(f"{self.name}: {shown(name)} is encrypted; decrypt the ZIP first")
            size, compressed, offset = self._long_sizes(extra, size, compressed, offset)
            if not name.endswith("/"):
                yield Entry(name, method, checksum, compressed, size, offset + self._shift)

    def check(self, entries: Iterable[Entry]) -> None:
        """Refuse entries that can not be what they claim: impossible sizes, places outside the file, shared bytes."""
        previous_end, previous_name = 0, ""
        for entry in sorted(entries, key=lambda entry: entry.offset):
            label = f"{self.name}: {shown(entry.name)}"
            if entry.method not in (_STORED, _DEFLATED):
                raise SnapshotError(
                    f"{label} uses compression method {entry.method}; only deflate and none are supported"
                )
            most = entry.compressed if entry.method == _STORED else entry.compressed * _MAX_DEFLATE_RATIO
            if entry.size > most:
                raise SnapshotError(
                    f"{label} claims {entry.size} bytes, more than its {entry.compressed} compressed ones can hold"
                )
            if entry.offset < previous_end:
                raise SnapshotError(f"{label} overlaps {shown(previous_name)}; this is not a ZIP that a backend wrote")
            previous_end, previous_name = entry.offset + _LOCAL.size + entry.compressed, entry.name
            if previous_end > self._directory:
                raise self._damaged(f"{shown(entry.name)} lies outside of it")

    def read(self, entry: Entry) -> Iterator[bytes]:
        """The content in pieces of at most 1 MiB. Refuses content that differs from its declared size or checksum."""
        label = f"{self.name}: {shown(entry.name)}"
        checksum = total = 0
        pieces = self._stored(entry) if entry.method == _STORED else self._inflated(entry)
        try:
            for piece in pieces:
                total += len(piece)
                if total > entry.size:
                    raise SnapshotError(f"{label} unpacks to more than the {entry.size} bytes that it declares")
                checksum = zlib.crc32(piece, checksum)
                yield piece
        except zlib.error:
            raise SnapshotError(f"{label} is damaged: its compressed data does not unpack") from None
        except OSError as error:
            raise SnapshotError(f"Cannot read {self.place}: {error.strerror}") from None
        if total != entry.size:
            raise SnapshotError(f"{label} is damaged: it has {total} bytes instead of {entry.size}")
        if checksum != entry.checksum:
            raise SnapshotError(f"{label} is damaged: its checksum does not match")

    def _stored(self, entry: Entry) -> Iterator[bytes]:
        return self._compressed(entry, _OUTPUT_BYTES)

    def _inflated(self, entry: Entry) -> Iterator[bytes]:
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        for chunk in self._compressed(entry, _INPUT_BYTES):
            pending = chunk
            while pending and not inflater.eof:
                yield inflater.decompress(pending, _OUTPUT_BYTES)
                pending = inflater.unconsumed_tail
        # What `max_length` held back without consuming any input.
        while not inflater.eof and (piece := inflater.decompress(b"", _OUTPUT_BYTES)):
            yield piece
        if not inflater.eof:
            raise SnapshotError(f"{self.name}: {shown(entry.name)} is damaged: its compressed data ends early")

    def _compressed(self, entry: Entry, piece_size: int) -> Iterator[bytes]:
        self._file.seek(entry.offset)
        header = self._file.read(_LOCAL.size)
        if len(header) < _LOCAL.size or header[:4] != b"PK\x03\x04":
            raise self._damaged(f"{shown(entry.name)} is not where its table of contents says")
        *_, name_size, extra_size = _LOCAL.unpack(header)
        position = entry.offset + _LOCAL.size + name_size + extra_size
        end = position + entry.compressed
        if end > self._directory:
            raise self._damaged(f"{shown(entry.name)} lies outside of it")
        while position < end:
            self._file.seek(position)  # another entry may be read in between
            chunk = self._file.read(min(piece_size, end - position))
            if not chunk:
                raise self._damaged("it ends early")
            position += len(chunk)
            yield chunk

    def _locate_directory(self) -> None:
        tail_size = min(self.size, _END.size + _FULL16)
        self._file.seek(self.size - tail_size)
        tail = self._file.read(tail_size)
        at = _end_record(tail)
        if at < 0:
            self._file.seek(0)
            raise SnapshotError(f"{self.place} {what_it_is(self._file.read(4096))}")
        end_position = self.size - tail_size + at
        (_, disk, start_disk, _, count, size, offset, _) = _END.unpack_from(tail, at)
        locator_position = end_position - _END64_LOCATOR.size
        if locator_position >= 0:
            self._file.seek(locator_position)
            locator = self._file.read(_END64_LOCATOR.size)
            if locator[:4] == b"PK\x06\x07":
                end_position = self._position_of_end64(locator, locator_position)
                self._file.seek(end_position)
                (_, _, _, _, disk, start_disk, _, count, size, offset) = _END64.unpack(self._file.read(_END64.size))
        if disk or start_disk:
            raise SnapshotError(f"{self.name} is one part of a ZIP in several parts; join them first")
        # Bytes in front of a ZIP shift all its offsets.
        self._shift = end_position - size - offset
        if self._shift < 0 or count * _CENTRAL.size > size:
            raise self._damaged("its table of contents is not where its end says")
        self._directory = offset + self._shift
        self._directory_size = size

    def _position_of_end64(self, locator: bytes, locator_position: int) -> int:
        declared = _END64_LOCATOR.unpack(locator)[2]
        # With bytes in front of the ZIP the record is just before its locator instead.
        for position in (declared, locator_position - _END64.size):
            if 0 <= position <= locator_position - _END64.size:
                self._file.seek(position)
                if self._file.read(4) == b"PK\x06\x06":
                    return position
        raise self._damaged("its zip64 end record is missing")

    def _safe_name(self, raw: bytes, flags: int) -> str:
        try:
            name = raw.decode("utf-8" if flags & _UTF8 else "cp437")
        except UnicodeDecodeError:
            raise self._damaged("an entry's name is not UTF-8") from None
        if name.startswith("/") or "\\" in name or "\0" in name or _DRIVE.match(name) or ".." in name.split("/"):
            raise SnapshotError(f"{self.name} holds an unsafe path, {shown(name)}; no backend writes such a ZIP")
        return name

    def _long_sizes(self, extra: bytes, size: int, compressed: int, offset: int) -> tuple[int, int, int]:
        if _FULL32 not in (size, compressed, offset):
            return size, compressed, offset
        position = 0
        while position + 4 <= len(extra):
            tag, length = struct.unpack_from("<HH", extra, position)
            if tag == 1:
                field = extra[position + 4 : position + 4 + length]
                values = iter(struct.unpack(f"<{len(field) // 8}Q", field[: len(field) // 8 * 8]))
                try:
                    return (
                        next(values) if size == _FULL32 else size,
                        next(values) if compressed == _FULL32 else compressed,
                        next(values) if offset == _FULL32 else offset,
                    )
                except StopIteration:
                    break
            position += 4 + length
        raise self._damaged("a zip64 size is missing")

    def _damaged(self, why: str) -> SnapshotError:
        return SnapshotError(
            f"{self.place} is a damaged or truncated ZIP: {why}", hint="Download or export the snapshot again."
        )


def _end_record(tail: bytes) -> int:
    """Where the end record begins in the end of the file; -1 if it is not there. A comment may hold its signature."""
    last = at = tail.rfind(b"PK\x05\x06", 0, len(tail) - _END.size + 4)
    while at >= 0 and at + _END.size + _END.unpack_from(tail, at)[-1] != len(tail):
        at = tail.rfind(b"PK\x05\x06", 0, at)
    return last if at < 0 else at


def _open(path: Path) -> BinaryIO:
    place = shown(str(path), _LONGEST_PATH)
    try:
        if path.is_dir():
            raise SnapshotError(
                f"{place} is a folder, not a snapshot ZIP", hint="Pass the .zip file as `convex export` wrote it."
            )
        if path.exists() and not path.is_file():
            raise SnapshotError(f"{place} is not a regular file; a snapshot is read from its end, so it must be one")
        return path.open("rb")
    except FileNotFoundError:
        raise SnapshotMissingError(f"There is no file {place}") from None
    except OSError as error:
        raise SnapshotError(f"Cannot read {place}: {error.strerror}") from None
    except ValueError:
        raise SnapshotError(f"{place} is not a file name") from None
