"""The demo's documents: three months in the life of a small project tool. Every name and secret is invented."""

from __future__ import annotations

import math
from random import Random

from kitcn_repl.offline.demo.zoo import SPECIMENS
from kitcn_repl.values import JsonObject
from kitcn_repl.values.codec import Value, encode
from kitcn_repl.values.ids import encode_id

NOW = 1_772_452_800_000.0
"""The demo's present: 2026-03-02T12:00:00Z, in milliseconds since 1970."""

MINUTE = 60_000.0
HOUR = 60 * MINUTE
DAY = 24 * HOUR
START = NOW - 90 * DAY

TABLE_NUMBERS: dict[tuple[str, str], int] = {
    ("", "account"): 10001,
    ("", "jwks"): 10002,
    ("", "project"): 10003,
    ("", "session"): 10004,
    ("", "typeZoo"): 10005,
    ("", "user"): 10006,
    ("", "verification"): 10007,
    ("", "_storage"): 540,
    ("rateLimiter", "rateLimits"): 10001,
}
_COMPONENTS_TABLE = 544
ROOT_ID = encode_id(_COMPONENTS_TABLE, bytes(range(16)))
COMPONENT_ID = encode_id(_COMPONENTS_TABLE, bytes(range(16, 32)))

FIRST_NAMES = (
    "Ada", "Bruno", "Chiara", "Dmitri", "Esra", "Farid", "Grace", "Hana", "Ivo", "Jun", "Katarzyna", "Liam", "Mei",
    "Noor", "Óscar", "Priya", "Quentin", "Rosa", "Søren", "Tamar", "Uma", "Viktor", "Wanjiru", "Ximena", "Yara", "Zoë",
)  # fmt: skip
LAST_NAMES = (
    "Abe", "Bergström", "Costa", "Dubois", "Eze", "Fischer", "García", "Haddad", "Ivanova", "Jensen", "Kowalski",
    "Lopez", "Mbeki", "Nakamura", "Okafor", "Petrov", "Rossi",
)  # fmt: skip
PROJECT_NAMES = (
    "Website relaunch", "Mobile app", "Billing", "Search", "Onboarding", "Data export", "Design system", "API v2",
    "Incident review", "Übersetzungen", "日本語サイト", "Newsletter", "Customer portal", "Warehouse sync",
)  # fmt: skip
USER_AGENTS = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:134.0) Gecko/20100101 Firefox/134.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
)
TOKEN_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"  # noqa: S105

Documents = dict[tuple[str, str], list[JsonObject]]


class DemoDocuments:
    """Builds all documents in one go, from one seed; only `Random.random` is used, whose stream never changes."""

    def __init__(self) -> None:
        self._random = Random(20260302)  # noqa: S311
        self._documents: Documents = {key: [] for key in TABLE_NUMBERS}
        self._last_creation = 0.0

    def build(self) -> Documents:
        """Documents in encoded form, by (component, table)."""
        users = self._users()
        self._accounts(users)
        self._projects(users)
        self._sessions(users)
        self._verifications(users)
        self._keys()
        self._zoo()
        self._storage()
        self._rate_limits(users)
        return self._documents

    def _below(self, n: int) -> int:
        return int(self._random.random() * n)

    def _chance(self, probability: float) -> bool:
        return self._random.random() < probability

    def _token(self, length: int) -> str:
        draw, letters = self._random.random, len(TOKEN_ALPHABET)
        return "".join([TOKEN_ALPHABET[int(draw() * letters)] for _ in range(length)])

    def _insert(self, table: str, created: float, fields: dict[str, Value], component: str = "") -> str:
        day = int(created // DAY)
        draw = self._random.random
        internal = bytes([int(draw() * 256) for _ in range(14)]) + day.to_bytes(2, "big")
        document_id = encode_id(TABLE_NUMBERS[component, table], internal)
        row: JsonObject = {name: encode(value) for name, value in fields.items()}
        row["_id"] = document_id
        row["_creationTime"] = self._unique(created)
        self._documents[component, table].append(row)
        return document_id

    def _unique(self, created: float) -> float:
        """Creation times never repeat in a deployment: each insert takes at least the next float."""
        if created == self._last_creation:
            created = math.nextafter(created, math.inf)
        self._last_creation = created
        return created

    def _users(self) -> list[tuple[str, float]]:
        users = []
        for i in range(60):
            created = START + i * 1.2 * DAY + self._below(int(9 * HOUR)) + 0.25
            first, last = FIRST_NAMES[i % len(FIRST_NAMES)], LAST_NAMES[(i * 7) % len(LAST_NAMES)]
            fields: dict[str, Value] = {
                "name": f"{first} {last}",
                "email": f"{_ascii(first)}.{_ascii(last)}{i}@example.com",
                "emailVerified": self._chance(0.85),
                "updatedAt": float(round(created + self._below(int(5 * DAY)))),
            }
            if self._chance(0.6):
                fields["image"] = f"https://images.example.com/u/{i:02}.png" if self._chance(0.8) else None
            if i % 20 == 0:
                fields["role"] = "admin"
            elif self._chance(0.5):
                fields["role"] = "member"
            if i in (23, 47):
                fields |= {"banned": True, "banReason": "Spam in project names", "banExpires": NOW + 30 * DAY}
            users.append((self._insert("user", created, fields), created))
        return users

    def _accounts(self, users: list[tuple[str, float]]) -> None:
        for i, (user, created) in enumerate(users):
            if i % 4 != 3:
                self._insert(
                    "account",
                    created + 40,
                    {
                        "accountId": user,
                        "providerId": "credential",
                        "userId": user,
                        "password": f"{self._token(22)}:{self._token(43)}",
                        "updatedAt": created + 40,
                    },
                )
            if i % 4 == 3 or i % 10 == 0:
                self._insert(
                    "account",
                    created + 60,
                    {
                        "accountId": str(10**8 + self._below(9 * 10**8)),
                        "providerId": ("github", "google")[self._below(2)],
                        "userId": user,
                        "accessToken": "gho_demo" + self._token(28),
                        "refreshToken": None,
                        "accessTokenExpiresAt": created + 8 * HOUR,
                        "scope": "read:user,user:email",
                        "updatedAt": created + 60,
                    },
                )

    def _projects(self, users: list[tuple[str, float]]) -> None:
        founded = []
        for _ in range(140):
            owner, joined = users[int(len(users) * self._random.random() ** 2)]
            founded.append((joined + (0.02 + 0.9 * self._random.random()) * (NOW - joined), owner))
        for i, (created, owner) in enumerate(sorted(founded)):
            name, number = PROJECT_NAMES[i % len(PROJECT_NAMES)], i // len(PROJECT_NAMES) + 1
            fields: dict[str, Value] = {
                "name": name if number == 1 else f"{name} {number}",
                "ownerId": owner,
                "updatedAt": float(round(created + self._random.random() * (NOW - created))),
            }
            self._insert("project", created, fields)

    def _sessions(self, users: list[tuple[str, float]]) -> None:
        for i in range(240):
            user, joined = users[(i * 17 + self._below(5)) % len(users)]
            created = joined + 0.98 * self._random.random() * (NOW - joined)
            fields: dict[str, Value] = {
                "token": self._token(32),
                "userId": user,
                "expiresAt": float(round(created + 7 * DAY)),
                "updatedAt": float(round(created)),
            }
            if self._chance(0.9):
                fields["ipAddress"] = f"192.0.2.{1 + self._below(254)}"
                fields["userAgent"] = USER_AGENTS[self._below(3)]
            else:
                fields["userAgent"] = None
            if i % 80 == 79:
                fields["impersonatedBy"] = users[0][0]
            self._insert("session", created, fields)

    def _verifications(self, users: list[tuple[str, float]]) -> None:
        for i in range(16):
            created = NOW - (16 - i) * 11 * HOUR
            user = self._documents["", "user"][(i * 13) % len(users)]
            self._insert(
                "verification",
                created,
                {
                    "identifier": f"{('email-verification', 'reset-password')[i % 2]}:{user['email']}",
                    "value": self._token(24),
                    "expiresAt": float(round(created + HOUR)),
                    "updatedAt": float(round(created)),
                },
            )

    def _keys(self) -> None:
        for i in range(2):
            self._insert(
                "jwks",
                START + i * 45 * DAY,
                {
                    "publicKey": '{"kty":"OKP","crv":"Ed25519","x":"' + self._token(43) + '"}',
                    "privateKey": "demo:" + self._token(64),
                },
            )

    def _zoo(self) -> None:
        for i, specimen in enumerate(SPECIMENS):
            self._insert("typeZoo", NOW - (len(SPECIMENS) - i) * MINUTE, dict(specimen))

    def _storage(self) -> None:
        for i, (size, content_type) in enumerate(((48_213, "image/png"), (1_204_551, "application/pdf"), (312, None))):
            fields: dict[str, Value] = {"sha256": self._token(42) + "8=", "size": float(size)}
            if content_type is not None:
                fields["contentType"] = content_type
            self._insert("_storage", NOW - (9 - i) * DAY, fields)

    def _rate_limits(self, users: list[tuple[str, float]]) -> None:
        for i in range(12):
            ts = NOW - (12 - i) * 7 * MINUTE
            fields: dict[str, Value] = {
                "name": ("default", "signIn", "sendEmail")[i % 3],
                "key": users[i * 3][0],
                "shard": 0.0,
                "value": float(self._below(30)),
                "ts": ts,
            }
            self._insert("rateLimits", ts, fields, component="rateLimiter")


def _ascii(name: str) -> str:
    plain: dict[str, str] = {"ó": "o", "ø": "o", "ö": "o", "ë": "e", "í": "i"}
    return "".join(plain.get(letter, letter) for letter in name.lower())
