// Query objects: built by chaining, run by iterating, each of them once (10.4).
import { mustBeCount, mustProvide } from "./arguments.js";
import { request } from "./channel.js";
import { filterBuilder, serialize } from "./expressions.js";
import { paginate } from "./paginate.js";
import { defineProperty, Error, stringify, Symbol } from "./primordials.js";
import { indexRange, searchFilters } from "./ranges.js";
import { Stream } from "./stream.js";

const MAXIMUM_OPERATORS = 256;

function closedError(state) {
  return new Error(
    state === "consumed"
      ? "This query is closed and can't emit any more values."
      : "This query has been chained with another operator and can't be reused.",
  );
}

// Source: {kind, text (JSON without its end), order}.
const sourceText = ({ text, order }) => `${text},"order":${stringify(order)}}`;

class Query {
  #state = "preparing"; // then executing, consumed; or closed by chaining
  #source;
  #operators;
  #execution;
  #table;
  #stream = null;

  constructor(execution, table, source, operators = []) {
    this.#execution = execution;
    this.#table = table;
    this.#source = source;
    this.#operators = operators;
  }

  static is(value) {
    return typeof value === "object" && value !== null && #state in value;
  }

  #take() {
    if (this.#state !== "preparing") {
      throw new Error("A query can only be chained once and can't be chained after iteration begins.");
    }
    this.#state = "closed";
  }

  #chain(source, operators) {
    this.#take();
    return new Query(this.#execution, this.#table, source, operators);
  }

  #start() {
    if (this.#state === "executing") throw new Error("Iteration can only begin on a query once.");
    if (this.#state !== "preparing") throw closedError(this.#state);
    this.#state = "executing";
    this.#stream = new Stream({
      source: sourceText(this.#source),
      operators: this.#operators,
      component: this.#execution.component,
    });
    return this.#stream;
  }

  order(order) {
    mustProvide(order, 1, "order", "order");
    this.#take();
    if (this.#source.kind === "Search") {
      throw new Error("Search queries must always be in relevance order. Can not set order manually.");
    }
    if (this.#source.order !== null) throw new Error("Queries may only specify order at most once");
    if (order !== "asc" && order !== "desc") {
      throw new Error(
        `Invalid argument \`query\` for \`queryStream\`: order must be "asc" or "desc", not ${stringify(order)}`,
      );
    }
    return new Query(this.#execution, this.#table, { ...this.#source, order }, this.#operators);
  }

  filter(predicate) {
    mustProvide(predicate, 1, "filter", "predicate");
    this.#take();
    if (this.#operators.length >= MAXIMUM_OPERATORS) {
      throw new Error(`Can't construct query with more than ${MAXIMUM_OPERATORS} operators`);
    }
    const filter = serialize(predicate(filterBuilder));
    return new Query(this.#execution, this.#table, this.#source, [...this.#operators, { filter }]);
  }

  limit(n) {
    mustProvide(n, 1, "limit", "n");
    mustBeCount(n, 1, "limit", "n");
    return this.#chain(this.#source, [...this.#operators, { limit: n }]);
  }

  [Symbol.asyncIterator]() {
    this.#start();
    return this;
  }

  async next() {
    if (this.#state === "closed" || this.#state === "consumed") throw closedError(this.#state);
    const stream = this.#state === "preparing" ? this.#start() : this.#stream;
    const value = await stream.next();
    if (value !== undefined) return { value, done: false };
    this.#state = "consumed";
    return { value: null, done: true };
  }

  return() {
    this.#state = "consumed";
    return Promise.resolve({ done: true, value: undefined });
  }

  async collect() {
    const documents = await this.#start().collect();
    this.#state = "consumed";
    return documents;
  }

  async take(n) {
    mustProvide(n, 1, "take", "n");
    mustBeCount(n, 1, "take", "n");
    return await this.limit(n).collect();
  }

  async first() {
    const [document = null] = await this.take(1);
    return document;
  }

  async unique() {
    const [document = null, second] = await this.take(2);
    if (second !== undefined) {
      throw new Error(
        `unique() query returned more than one result from table ${this.#table}:\n [${document._id}, ${second._id}, ...]`,
      );
    }
    return document;
  }

  async paginate(options) {
    mustProvide(options, 1, "paginate", "options");
    if (typeof options?.numItems !== "number" || options.numItems < 0) {
      throw new Error(`\`options.numItems\` must be a positive number. Received \`${options?.numItems}\`.`);
    }
    this.#take();
    const query = { source: sourceText(this.#source), operators: this.#operators };
    return await paginate(query, options, this.#execution);
  }
}

class QueryInitializer {
  #execution;
  #table;

  constructor(execution, table) {
    this.#execution = execution;
    this.#table = table;
  }

  static is(value) {
    return typeof value === "object" && value !== null && #table in value;
  }

  #query(kind, fields, order = null) {
    const text = `{"type":"${kind}"${fields}`;
    return new Query(this.#execution, this.#table, { kind, text, order });
  }

  withIndex(index, range) {
    mustProvide(index, 1, "withIndex", "indexName");
    const name = stringify(`${this.#table}.${index}`);
    return this.#query("IndexRange", `,"indexName":${name},"range":${indexRange(range)}`);
  }

  withSearchIndex(index, filter) {
    mustProvide(index, 1, "withSearchIndex", "indexName");
    mustProvide(filter, 2, "withSearchIndex", "searchFilter");
    const name = stringify(`${this.#table}.${index}`);
    return this.#query("Search", `,"indexName":${name},"filters":${searchFilters(filter)}`);
  }

  fullTableScan() {
    return this.#query("FullTableScan", `,"tableName":${stringify(this.#table)}`);
  }

  async count() {
    return await request(
      `{"op":"count","component":${stringify(this.#execution.component)},"table":${stringify(this.#table)}}`,
    );
  }
}

for (
  const method of ["order", "filter", "limit", "collect", "take", "first", "unique", "paginate", Symbol.asyncIterator]
) {
  defineProperty(QueryInitializer.prototype, method, {
    value(...args) {
      return this.fullTableScan()[method](...args);
    },
    writable: true,
    configurable: true,
  });
}

export const newQuery = (execution, table) => new QueryInitializer(execution, table);
export const isQuery = (value) => Query.is(value) || QueryInitializer.is(value);
