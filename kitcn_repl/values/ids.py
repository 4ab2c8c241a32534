"""Document ids: base32 of table number, internal id and checksum (offline-formats.md 1.1).

text = base32(varint(table number) + internal id of 16 bytes + Fletcher-16)
"""

from __future__ import annotations

from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from itertools import accumulate
from typing import Final

_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
# To the digits of int(text, 32); all that is no digit, also what int() would overlook (space, sign, `_`), to "!".
_TO_PYTHON: Final = bytes(
    b"0123456789abcdefghijklmnopqrstuv"[_ALPHABET.index(chr(byte))] if chr(byte) in _ALPHABET else ord("!")
    for byte in range(256)
)
_SHORTEST, _LONGEST = 31, 37

_BASE62: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

MAX_TABLE_NUMBER: Final = 2**32 - 1
INTERNAL_ID_LENGTH: Final = 16


class IdError(ValueError):
    """The text is no document id. The message is the backend's own (deployment-api.md 10.7)."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Unable to decode ID: {reason}")


@dataclass(frozen=True, slots=True)
class DocumentId:
    """A decoded id. `internal` has 16 bytes: 14 random ones, then the day of creation since 1970, big-endian."""

    table_number: int
    internal: bytes

    @property
    def creation_day(self) -> int:
        """Days since 1970-01-01 UTC."""
        return int.from_bytes(self.internal[14:], "big")

    def __str__(self) -> str:
        return encode_id(self.table_number, self.internal)


def decode_id(text: str) -> DocumentId:
    """Decode an id. Raises IdError, also for a spelling that `encode_id` would not choose."""
    raw = text.encode("utf-8", "surrogatepass")
    length = len(raw)
    if not _SHORTEST <= length <= _LONGEST:
        raise IdError(f"Invalid ID length {length}")
    try:
        number = int(raw.translate(_TO_PYTHON), 32)
    except ValueError:
        raise IdError("ID wasn't valid base32") from None
    bits = length * 5
    size = bits // 8
    data = (number >> (bits - size * 8)).to_bytes(size, "big")

    table_number, position = _decode_varint(data)
    end = position + INTERNAL_ID_LENGTH
    if len(data) < end + 2:
        raise IdError(f"Invalid ID length {length}")
    footer = data[end] | data[end + 1] << 8
    expected = _checksum(data[:end])
    if footer != expected:
        raise IdError(f"Invalid ID version {footer} (expected {expected})")
    if len(data) != end + 2 or length != _encoded_length(size):
        raise IdError(f"Invalid ID length {length}")
    if number & ((1 << (bits - size * 8)) - 1):
        raise IdError("ID wasn't valid base32")
    return DocumentId(table_number, data[position:end])


def encode_id(table_number: int, internal: bytes) -> str:
    """The id of the document `internal` (16 bytes) in the table with this number (1 to 2^32-1).

    Raises ValueError for bytes or a number of another size.

    >>> encode_id(10001, bytes(16))
    'j5700000000000000000000000001qv0'
    >>> decode_id(encode_id(10001, bytes(16))).table_number
    10001
    """
    if len(internal) != INTERNAL_ID_LENGTH:
        raise ValueError(f"an internal id has {INTERNAL_ID_LENGTH} bytes, not {len(internal)}")
    body = _encode_varint(table_number) + internal
    data = body + _checksum(body).to_bytes(2, "little")
    chars = _encoded_length(len(data))
    number = int.from_bytes(data, "big") << (chars * 5 - len(data) * 8)
    return "".join([_ALPHABET[number >> shift & 31] for shift in range((chars - 1) * 5, -1, -5)])


def is_id(text: str) -> bool:
    """Whether the text is a well-formed document id, of whatever table."""
    try:
        decode_id(text)
    except IdError:
        return False
    return True


def normalize_id(text: str, table_number: int) -> str | None:
    """What `ctx.db.normalizeId` gives: the id if it belongs to the table, legacy forms in today's form, else None."""
    try:
        decoded = decode_id(text)
    except IdError:
        internal = legacy_internal_id(text)
        return None if internal is None else encode_id(table_number, internal)
    return text if decoded.table_number == table_number else None


def legacy_internal_id(text: str) -> bytes | None:
    """The internal id in a form from before 2023: base64 of 16 bytes, or base62 of 17 bytes; None if it is neither."""
    if not text.isascii():
        return None
    if len(text) > 22:
        return _internal_id_of_base62(text)
    if len(text) < 22 or "+" in text or "/" in text:
        return None
    standard = text.replace("-", "+").replace("_", "/") + "=="
    try:
        data = a2b_base64(standard, strict_mode=True)
    except (Base64Error, ValueError):
        return None
    canonical = b2a_base64(data, newline=False).decode("ascii") == standard
    return data if canonical and len(data) == INTERNAL_ID_LENGTH else None


def _internal_id_of_base62(text: str) -> bytes | None:
    if len(text) > 32:
        return None
    number = 0
    for char in reversed(text):  # least significant digit first
        digit = _BASE62.find(char)
        if digit < 0:
            return None
        number = number * 62 + digit
    data = number.to_bytes(24, "big").lstrip(b"\0")[1:]  # a leading byte keeps leading zeros
    if len(data) != 17:
        return None
    # 15 random bytes were hashed down to 14 when those ids were migrated; the day stayed.
    return sha256(data[:15]).digest()[:14] + data[15:]


def _checksum(data: bytes) -> int:
    """Fletcher-16 modulo 256."""
    return (sum(accumulate(data)) & 255) << 8 | sum(data) & 255


def _encoded_length(size: int) -> int:
    return -(-size * 8 // 5)


@lru_cache(maxsize=1024)
def _encode_varint(number: int) -> bytes:
    if not 0 < number <= MAX_TABLE_NUMBER:
        raise ValueError(f"table number {number} is not within 1 and {MAX_TABLE_NUMBER}")
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _decode_varint(data: bytes) -> tuple[int, int]:
    number = 0
    for position in range(5):
        byte = data[position]
        number |= (byte & 0x7F) << (7 * position)
        if byte < 0x80:
            if not 0 < number <= MAX_TABLE_NUMBER or (byte == 0 and position > 0):
                break
            return number, position + 1
    raise IdError("Invalid table number")
