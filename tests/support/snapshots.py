"""Writes snapshot ZIPs in the container layouts of real exports, small ones and huge ones, and broken ones."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, Literal

from kitcn_repl.values import JsonValue
from kitcn_repl.values.ids import encode_id

Container = Literal["streamed", "old"]
Content = bytes | Iterable[bytes]

README = b"# Welcome to your Convex snapshot export!\n"
UNIFORM = b'"uniform"\n'
USERS = 10001


def document_id(number: int, counter: int) -> str:
    """Ids that ascend with `counter`."""
    return encode_id(number, counter.to_bytes(14, "big") + b"\x4f\xba")


def line(value: JsonValue) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def lines(values: Iterable[JsonValue]) -> bytes:
    return b"".join(line(value) for value in values)


def tables_file(numbers: Mapping[str, int]) -> bytes:
    return lines({"name": name, "id": number} for name, number in numbers.items())


def users(count: int, number: int = USERS) -> list[JsonValue]:
    """Documents in the export encoding: int64 is an int, float64 a float."""
    return [
        {
            "_creationTime": 1760726497000.5 + index,
            "_id": document_id(number, index),
            "age": 20.0 + index,
            "logins": index,
            "name": f"User {index} ☃",
        }
        for index in range(count)
    ]


def snapshot_entries(
    tables: Mapping[str, Sequence[JsonValue]], numbers: Mapping[str, int] | None = None, prefix: str = ""
) -> list[tuple[str, Content]]:
    """The entries of an export in today's encoding. Tables are numbered from 10001."""
    known = {name: USERS + place for place, name in enumerate(tables)} | dict(numbers or {})
    entries: list[tuple[str, Content]] = [("README.md", README)] if not prefix else []
    entries.append((f"{prefix}_tables/documents.jsonl", tables_file(known)))
    for name, documents in tables.items():
        entries.append((f"{prefix}{name}/documents.jsonl", lines(documents)))
        entries.append((f"{prefix}{name}/generated_schema.jsonl", UNIFORM))
    return entries


def write_snapshot(
    path: Path,
    entries: Iterable[tuple[str, Content]],
    *,
    container: Container = "streamed",
    level: int = 6,
    flags: int = 0,
    method: int = 8,
    sizes: Mapping[str, int] | None = None,
) -> Path:
    """`streamed` is the layout since 2025 (zip64, data descriptors full of FF, no date), `old` that of 2024.

    `flags`, `method` and `sizes` (declared size by name) falsify the headers.
    """
    central = bytearray()
    count = 0
    with path.open("wb") as file:
        for name, content in entries:
            offset = file.tell()
            raw = name.encode()
            bits = (0x0808 if container == "streamed" else 0x0008) | flags
            if container == "streamed":
                extra = struct.pack("<HHQQ", 1, 16, 0, 0)
                file.write(_local(bits, method, (0, 0), 0xFFFFFFFF, raw, extra))
            else:
                file.write(_local(bits, method, (0x0448, 0x5874), 0, raw, b""))
            checksum, compressed, size = _write_deflated(file, content, level)
            size = (sizes or {}).get(name, size)
            if container == "streamed":
                file.write(struct.pack("<IIII", 0x08074B50, checksum, 0xFFFFFFFF, 0xFFFFFFFF))
                extra = struct.pack("<HHQQQ", 1, 24, size, compressed, offset)
                central += _central(bits, method, (0, 0), checksum, (0xFFFFFFFF,) * 3, raw, extra)
            else:
                file.write(struct.pack("<IIII", 0x08074B50, checksum, compressed, size))
                central += _central(bits, method, (0x0448, 0x5874), checksum, (compressed, size, offset), raw, b"")
            count += 1
        start = file.tell()
        file.write(central)
        if container == "streamed":
            end = file.tell()
            file.write(
                struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 0x33F, 46, 0, 0, count, count, len(central), start)
                + struct.pack("<IIQI", 0x07064B50, 0, end, 1)
                + struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
            )
        else:
            file.write(struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count, count, len(central), start, 0))
    return path


def _local(flags: int, method: int, when: tuple[int, int], size: int, name: bytes, extra: bytes) -> bytes:
    header = struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, flags, method, *when, 0, size, size, len(name), len(extra))
    return header + name + extra


def _central(
    flags: int, method: int, when: tuple[int, int], checksum: int, places: tuple[int, ...], name: bytes, extra: bytes
) -> bytes:
    compressed, size, offset = places
    header = struct.pack(
        "<IHHHHHHIIIHHHHHII",
        0x02014B50, 0x33F, 20, flags, method, *when, checksum, compressed, size,
        len(name), len(extra), 0, 0, 0, 0o644 << 16, offset,
    )  # fmt: skip
    return header + name + extra


def _write_deflated(file: BinaryIO, content: Content, level: int) -> tuple[int, int, int]:
    deflater = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    checksum = compressed = size = 0
    for piece in (content,) if isinstance(content, bytes) else content:
        checksum = zlib.crc32(piece, checksum)
        size += len(piece)
        compressed += file.write(deflater.compress(piece))
    compressed += file.write(deflater.flush())
    return checksum, compressed, size
