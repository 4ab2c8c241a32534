"""The code around a query that reports what it read, and the shape in which value and cost come back."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kitcn_repl.values import JsonValue

WRAPPERS = "convex:/_system/repl/wrappers.js"

PLAIN_IMPORT = f'import {{ query, internalQuery }} from "{WRAPPERS}";'

# No stored document has this field by chance.
_TAG = "kitcnAnswer:9d1f6c02b7e84a55"

# A value that has no Convex form, or that only Convex may name (a Query), goes back as it is, so that the server's own
# error appears, with the paths it would have without us. 60: the envelope must not be what exceeds 64 levels.
# `every` would skip the holes of an array.
# `.then` and not `async`, so that no frame of ours stands between the user's and the server's.
_MEASURE = """
const [query, internalQuery] = ((wrappers) => {
  const {Array, ArrayBuffer, Map, Object, Promise, Set} = globalThis;
  const lowest = -(2n ** 63n), highest = 2n ** 63n - 1n, name = /^(?!\\$)[\\x20-\\x7e]{0,1024}$/;
  const fits = (value, depth) => {
    if (value === null) return true;
    switch (typeof value) {
      case "boolean": case "number": case "string": return true;
      case "bigint": return lowest <= value && value <= highest;
      case "object": break;
      default: return false;
    }
    if (value instanceof ArrayBuffer) return true;
    if (depth > 60 || value instanceof Set || value instanceof Map) return false;
    if (Array.isArray(value)) return Array.from(value).every((item) => fits(item, depth + 1));
    const prototype = Object.getPrototypeOf(value);
    if (prototype !== null && prototype !== Object.prototype) return false;
    for (const key of Object.keys(value)) {
      const item = value[key];
      if (item !== undefined && !(name.test(key) && fits(item, depth + 1))) return false;
    }
    return true;
  };
  const answer = (ctx, value) => {
    try {
      if (typeof ctx?.meta?.getTransactionMetrics !== "function") return value;
      if (value !== undefined && !fits(value, 0)) return value;
      return Promise.resolve(ctx.meta.getTransactionMetrics()).then(
        ({documentsRead, bytesRead, databaseQueries}) => ({
          @TAG@: [documentsRead, bytesRead, databaseQueries].map(({used, remaining}) => [used, remaining]),
          value,
        }),
      ).catch(() => value);
    } catch {
      return value;
    }
  };
  const measured = (handler) => (ctx, ...rest) =>
    Promise.resolve(handler(ctx, ...rest)).then((value) => answer(ctx, value));
  return wrappers.map((wrap) => (definition) => {
    if (typeof definition === "function") return wrap(measured(definition));
    if (typeof definition?.handler !== "function" || definition.returns !== undefined) return wrap(definition);
    return wrap({...definition, handler: measured(definition.handler)});
  });
})([__kitcnQuery, __kitcnInternalQuery]);"""

MEASURING = f'import {{ query as __kitcnQuery, internalQuery as __kitcnInternalQuery }} from "{WRAPPERS}";' + re.sub(
    r"\s*\n\s*", " ", _MEASURE
).replace("@TAG@", f'"{_TAG}"')
"""One line: declares `query` and `internalQuery` that measure."""


@dataclass(frozen=True, slots=True)
class ReadCost:
    """What one execution read, against the limits of one execution. Bytes, documents, and queries (index ranges)."""

    documents_read: int
    documents_limit: int
    bytes_read: int
    bytes_limit: int
    queries: int
    queries_limit: int


def unwrap(value: JsonValue) -> tuple[JsonValue, ReadCost | None]:
    """The user's value, and its cost if the server measured it."""
    if not isinstance(value, dict) or _TAG not in value or not value.keys() <= {_TAG, "value"}:
        return value, None
    return value.get("value"), _cost(value[_TAG])


def _cost(metrics: JsonValue) -> ReadCost | None:
    numbers: list[int] = []
    for pair in metrics if isinstance(metrics, list) else []:
        if not isinstance(pair, list) or len(pair) != 2:
            return None
        used, remaining = pair
        if not isinstance(used, (int, float)) or not isinstance(remaining, (int, float)):
            return None
        numbers += [int(used), int(used + remaining)]
    return ReadCost(*numbers) if len(numbers) == 6 else None
