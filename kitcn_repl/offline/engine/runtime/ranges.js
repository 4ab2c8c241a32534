// What `withIndex` and `withSearchIndex` give their callbacks: immutable builders, each usable once.
import { mustProvide } from "./arguments.js";
import { encodeOrUndefined } from "./codec.js";
import { Error, stringify } from "./primordials.js";

class Builder {
  #parts;
  #used = false;
  #misuse;

  constructor(parts, misuse) {
    this.#parts = parts;
    this.#misuse = misuse;
  }

  use() {
    if (this.#used) throw new Error(this.#misuse);
    this.#used = true;
    return this.#parts;
  }

  with(type, field, valueText) {
    const parts = this.use();
    const part = `{"type":"${type}","fieldPath":${stringify(`${field}`)},"value":${valueText}}`;
    return new this.constructor([...parts, part], this.#misuse);
  }
}

class IndexRangeBuilder extends Builder {
  eq(field, value) {
    return this.with("Eq", field, encodeOrUndefined(value));
  }
  gt(field, value) {
    return this.with("Gt", field, encodeOrUndefined(value));
  }
  gte(field, value) {
    return this.with("Gte", field, encodeOrUndefined(value));
  }
  lt(field, value) {
    return this.with("Lt", field, encodeOrUndefined(value));
  }
  lte(field, value) {
    return this.with("Lte", field, encodeOrUndefined(value));
  }
}

class SearchFilterBuilder extends Builder {
  search(field, text) {
    mustProvide(field, 1, "search", "fieldName");
    mustProvide(text, 2, "search", "query");
    return this.with("Search", field, stringify(`${text}`));
  }
  eq(field, value) {
    mustProvide(field, 1, "eq", "fieldName");
    if (arguments.length !== 2) mustProvide(value, 2, "search", "value");
    return this.with("Eq", field, encodeOrUndefined(value));
  }
}

const REUSED_RANGE =
  "IndexRangeBuilder has already been used! Chain your method calls like `q => q.eq(...).eq(...)`. See " +
  "https://docs.convex.dev/using/indexes";
const REUSED_SEARCH =
  "SearchFilterBuilder has already been used! Chain your method calls like `q => q.search(...).eq(...)`.";

function built(callback, builder, type, what) {
  const result = callback === undefined ? builder : callback(builder);
  if (!(result instanceof type)) {
    throw new TypeError(
      `The callback of \`${what}\` must return the builder that it was given, such as \`q => q.eq(...)\``,
    );
  }
  return `[${result.use().join(",")}]`;
}

// JSON text of the range expressions.
export const indexRange = (callback) =>
  built(callback, new IndexRangeBuilder([], REUSED_RANGE), IndexRangeBuilder, "withIndex");
export const searchFilters = (callback) =>
  built(callback, new SearchFilterBuilder([], REUSED_SEARCH), SearchFilterBuilder, "withSearchIndex");
