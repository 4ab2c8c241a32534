"""Members by name, with what people need to know of them: Convex's readonly API, and what JavaScript has for values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Members = Mapping[str, str]
"""By name; what begins with `(` is called, anything else is a property. In the order of how often they are wanted."""

_ANSWERS: Final = {
    "collect": "() every document",
    "take": "(n) the first n documents",
    "first": "() the first document or null",
    "unique": "() the only document or null",
    "paginate": "({ numItems, cursor }) one page",
}
_FILTER: Final = {"filter": "(q => condition) looks at every document read"}
_ORDER: Final = {"order": '("asc" | "desc") by the index\'s fields'}
_RANGES: Final = {
    "withIndex": "(index, q => range) only a range of an index",
    "withSearchIndex": "(index, q => search) full text search",
    "fullTableScan": "() every document by creation time",
}

QUERY_START: Final[Members] = {**_RANGES, **_ANSWERS, **_ORDER, **_FILTER, "count": "() how many documents"}
QUERY_RANGED: Final[Members] = {**_ANSWERS, **_ORDER, **_FILTER}
QUERY_ORDERED: Final[Members] = {**_ANSWERS, **_FILTER}

EQUALITY: Final[Members] = {"eq": "(field, value)"}
LOWER: Final[Members] = {"gt": "(field, value)", "gte": "(field, value)"}
UPPER: Final[Members] = {"lt": "(field, value)", "lte": "(field, value)"}
SEARCH: Final[Members] = {"search": "(field, words)"}

FILTER: Final[Members] = {
    "eq": "(a, b)",
    "neq": "(a, b)",
    "field": '("name") a field of the document',
    "gt": "(a, b)",
    "gte": "(a, b)",
    "lt": "(a, b)",
    "lte": "(a, b)",
    "and": "(...conditions)",
    "or": "(...conditions)",
    "not": "(condition)",
    "add": "(a, b)",
    "sub": "(a, b)",
    "mul": "(a, b)",
    "div": "(a, b)",
    "mod": "(a, b)",
    "neg": "(a)",
}

DB: Final[Members] = {
    "query": "(table) start a query",
    "get": "(id) one document or null",
    "normalizeId": "(table, text) the id, or null if it is none of the table",
    "system": "system tables",
}

PAGE: Final[Members] = {
    "page": "the documents",
    "isDone": "whether it was the last page",
    "continueCursor": "where to go on",
}
PROMISE: Final[Members] = {"then": "(f)", "catch": "(f)", "finally": "(f)"}

LIST: Final[Members] = {
    "map": "(item => value)",
    "filter": "(item => keep)",
    "find": "(item => found)",
    "length": "how many",
    "slice": "(start, end)",
    "sort": "((a, b) => number)",
    "reduce": "((sum, item) => sum, start)",
    "some": "(item => condition)",
    "every": "(item => condition)",
    "flatMap": "(item => list)",
    "forEach": "(item => ...)",
    "includes": "(value)",
    "join": "(separator)",
    "at": "(index)",
    "concat": "(list)",
    "findIndex": "(item => found)",
    "findLast": "(item => found)",
    "flat": "(depth)",
    "indexOf": "(value)",
    "reverse": "()",
    "entries": "()",
    "keys": "()",
    "values": "()",
    "toSorted": "((a, b) => number)",
    "toReversed": "()",
}
TEXT: Final[Members] = {
    "length": "UTF-16 units",
    "includes": "(text)",
    "startsWith": "(text)",
    "endsWith": "(text)",
    "toLowerCase": "()",
    "toUpperCase": "()",
    "split": "(separator)",
    "slice": "(start, end)",
    "trim": "()",
    "replace": "(pattern, text)",
    "replaceAll": "(pattern, text)",
    "match": "(pattern)",
    "indexOf": "(text)",
    "localeCompare": "(text)",
    "padStart": "(length, text)",
    "padEnd": "(length, text)",
    "repeat": "(times)",
    "at": "(index)",
    "charCodeAt": "(index)",
    "normalize": "(form)",
}

NAMED: Final[Mapping[str, Members]] = {
    "ctx": {
        "db": "the database, readonly",
        "runQuery": '("module:function", args) call a deployed query',
        "storage": "files",
        "auth": "who asks",
        "meta": "read cost, function and deployment",
    },
    "ctx.storage": {"getUrl": "(storageId)", "getMetadata": "(storageId)"},
    "ctx.auth": {"getUserIdentity": "() always null for an inline query"},
    "ctx.meta": {
        "getTransactionMetrics": "() what was read so far",
        "getFunctionMetadata": "()",
        "getDeploymentMetadata": "()",
    },
    "number": {"toFixed": "(digits)", "toString": "(radix)", "toLocaleString": "()", "toPrecision": "(digits)"},
    "Date": {
        "toISOString": "()",
        "getTime": "() milliseconds since 1970",
        "getFullYear": "()",
        "getMonth": "()",
        "getDate": "()",
        "getDay": "()",
        "getHours": "()",
        "getMinutes": "()",
        "toJSON": "()",
    },
    "Date!": {"now": "() milliseconds since 1970", "parse": "(text)", "UTC": "(year, month, ...)"},
    "Math!": {
        "max": "(...numbers)",
        "min": "(...numbers)",
        "round": "(x)",
        "floor": "(x)",
        "ceil": "(x)",
        "abs": "(x)",
        "random": "()",
        "sqrt": "(x)",
        "pow": "(x, y)",
        "trunc": "(x)",
        "sign": "(x)",
        "log": "(x)",
        "PI": "3.14159",
    },
    "JSON!": {"stringify": "(value, null, indent)", "parse": "(text)"},
    "Object!": {
        "keys": "(object)",
        "values": "(object)",
        "entries": "(object)",
        "fromEntries": "(entries)",
        "groupBy": "(items, f)",
        "assign": "(target, ...sources)",
    },
    "Promise!": {"all": "(promises)", "allSettled": "(promises)", "resolve": "(value)", "race": "(promises)"},
    "Array!": {"from": "(items, f)", "isArray": "(value)", "of": "(...items)"},
    "Number!": {
        "isInteger": "(x)",
        "isFinite": "(x)",
        "isNaN": "(x)",
        "parseFloat": "(text)",
        "parseInt": "(text)",
        "MAX_SAFE_INTEGER": "2^53 - 1",
    },
    "String!": {"fromCharCode": "(...codes)", "raw": "`template`"},
    "BigInt!": {"asIntN": "(bits, n)", "asUintN": "(bits, n)"},
    "Map!": {"groupBy": "(items, f)"},
    "Set!": {},
    "console!": {"log": "(...values)", "error": "(...values)", "warn": "(...values)", "debug": "(...values)"},
}
"""A name with `!` is the global of that name, one without a value of that kind."""

GLOBALS: Final = tuple(name.removesuffix("!") for name in NAMED if name.endswith("!"))
