// Answers `plan`: which documents have these values in these fields? Every read is charged to one budget.
// plan: {
//   steps: [{table, system, by: "id" | "index" | "scan", index, prefix: [position of a field], fields: [path],
//            where: [[path, value]]}],
//   asks: [[step, key: [value of each field], then: null | [pick: [path], step]]],
//   most: documents given per ask, cap: documents counted per ask, targets: keys followed per ask,
//   scanDocuments: {table: number}, scanBytes: bytes per table,
// }
// Answer: {pools: [[document]], answers: [null | [count, exact, [place in the pools], [missing id], failure | null]]}
const RESERVE = 1.5 * 1024 * 1024; // the largest document, and what else a read may cost
const LARGEST = 1024 * 1024;
const KEYS = 8192; // of one document: an array has no more items, but two of them multiply
const POOL = 1000; // an array of the answer may not have more than 8192 items
const ANSWER = 12 * 1024 * 1024; // the answer may have 16 MiB

const segments = (path) => path.split(".");

function valuesAt(value, path, at = 0, out = []) {
  if (Array.isArray(value)) for (const item of value) valuesAt(item, path, at, out);
  else if (at === path.length) {
    if (value !== undefined && value !== null) out.push(value);
  } else if (typeof value === "object" && value !== null && !(value instanceof ArrayBuffer)) {
    if (path[at] === "*") for (const name of Object.keys(value)) valuesAt(value[name], path, at + 1, out);
    else if (Object.hasOwn(value, path[at])) valuesAt(value[path[at]], path, at + 1, out);
  }
  return out;
}

function textOf(value) {
  switch (typeof value) {
    case "string":
      return `s${value}`;
    case "number":
      return `n${Object.is(value, -0) ? "-0" : value}`;
    case "bigint":
      return `i${value}`;
    case "boolean":
      return `b${value}`;
    default:
      return null; // an object refers to nothing
  }
}

// The keys that a document has in some fields, more than one where a path leads through an array; and whether that is all.
function keysOf(document, paths) {
  let keys = [[]], all = true;
  for (const path of paths) {
    const values = valuesAt(document, path).filter((value) => textOf(value) !== null);
    const some = values.slice(0, Math.floor(KEYS / Math.max(1, keys.length)));
    all &&= some.length === values.length;
    keys = keys.flatMap((key) => some.map((value) => [...key, value]));
  }
  return { keys, all };
}

const textOfKey = (key) => JSON.stringify(key.map(textOf));

const NOT_ASCII = /[^\0-\x7f]/;

// An upper bound; what was really read is asked of the server when that comes near to the limit.
function sizeOf(value) {
  if (typeof value === "string") return (NOT_ASCII.test(value) ? 3 : 1) * value.length + 2;
  if (typeof value !== "object" || value === null) return 9;
  if (value instanceof ArrayBuffer) return value.byteLength + 2;
  if (Array.isArray(value)) return value.reduce((sum, item) => sum + sizeOf(item), 2);
  return Object.keys(value).reduce((sum, name) => sum + name.length + 1 + sizeOf(value[name]), 2);
}

class Budget {
  documents = 30000;
  queries = 4000;
  bytes = 14 * 1024 * 1024;
  closed = false;
  #ctx;

  constructor(ctx) {
    this.#ctx = ctx;
  }

  // Whether one more query, and a document, may be read.
  async allows() {
    if (this.bytes < RESERVE && !this.closed) await this.#refresh();
    this.closed ||= this.bytes < RESERVE || this.documents < 1 || this.queries < 1;
    return !this.closed;
  }

  async #refresh() {
    if (typeof this.#ctx.meta?.getTransactionMetrics !== "function") return;
    this.bytes = (await this.#ctx.meta.getTransactionMetrics()).bytesRead.remaining;
  }

  charge(document) {
    const size = sizeOf(document);
    this.documents--;
    this.bytes -= size;
    return size;
  }
}

class Reading {
  #ctx;
  #budget;
  #scans = new Map();
  #found = new Map();

  constructor(ctx) {
    this.#ctx = ctx;
    this.#budget = new Budget(ctx);
  }

  // {documents, exact, missing, failure, cut}, the same for the same question; null if the budget did not allow to begin.
  // `cut`: there was no room for all of it.
  async find(step, key) {
    const name = `${step.place} ${textOfKey(key)}`;
    const known = this.#found.get(name);
    if (known) return known;
    if (step.by !== "scan" && !(await this.#budget.allows())) return null;
    let found;
    try {
      found = await this[`_${step.by}`](step, key);
    } catch (error) {
      const message = `${error?.message ?? error}`;
      this.#budget.closed ||= /^(Uncaught )?(Error: )?Too many/.test(message);
      found = { documents: [], exact: false, missing: false, failure: message.split("\n")[0] };
    }
    if (found !== null) this.#found.set(name, found);
    return found;
  }

  async _id(step, key) {
    const reader = step.system ? this.#ctx.db.system : this.#ctx.db;
    const value = key[step.prefix[0]];
    const id = typeof value === "string" ? reader.normalizeId(step.table, value) : null;
    if (id === null) return { documents: [], exact: true, missing: false, failure: null };
    this.#budget.queries--;
    const document = await reader.get(id);
    if (document !== null) this.#budget.charge(document);
    return {
      documents: document !== null && this.#fits(step, key, document) ? [document] : [],
      exact: true,
      missing: document === null,
      failure: null,
    };
  }

  async _index(step, key) {
    const range = (q) => step.prefix.reduce((query, place) => query.eq(step.names[place], key[place]), q);
    this.#budget.queries--;
    const documents = [];
    let exact = true, cut = false, read = 0;
    for await (const document of this.#ctx.db.query(step.table).withIndex(step.index, range).order("desc")) {
      this.#budget.charge(document);
      if (this.#fits(step, key, document)) documents.push(document);
      cut = !(await this.#budget.allows());
      exact = ++read < plan.cap && !cut;
      if (!exact) break;
    }
    return { documents, exact, missing: false, failure: null, cut };
  }

  async _scan(step, key) {
    const scan = await this.#scan(step.table);
    if (scan === null) return null;
    let known = scan.byKey.get(step.place);
    if (known === undefined) {
      known = { byKey: new Map(), all: true };
      for (const document of scan.documents) {
        const { keys, all } = keysOf(document, step.fields);
        known.all &&= all;
        for (const text of new Set(keys.map(textOfKey))) {
          const same = known.byKey.get(text);
          if (same === undefined) known.byKey.set(text, [document]);
          else same.push(document);
        }
      }
      scan.byKey.set(step.place, known);
    }
    const documents = (known.byKey.get(textOfKey(key)) ?? []).filter((document) => this.#fits(step, key, document));
    return { documents, exact: scan.exact && known.all, missing: false, failure: null };
  }

  // The newest documents of a table, once for all who ask.
  async #scan(table) {
    const known = this.#scans.get(table);
    if (known !== undefined) return known;
    if (!(await this.#budget.allows())) return null;
    const scan = { documents: [], exact: true, byKey: new Map() };
    this.#scans.set(table, scan);
    this.#budget.queries--;
    const most = plan.scanDocuments[table];
    let bytes = plan.scanBytes;
    for await (const document of this.#ctx.db.query(table).order("desc")) {
      bytes -= this.#budget.charge(document);
      scan.documents.push(document);
      if (scan.documents.length >= most || bytes <= 0 || !(await this.#budget.allows())) {
        scan.exact = false;
        break;
      }
    }
    return scan;
  }

  // What neither the index nor the id has seen to: the other fields of the key, and the relation's own condition.
  #fits(step, key, document) {
    return step.rest.every((place) => valuesAt(document, step.fields[place]).some((value) => textOf(value) === textOf(key[place]))) &&
      step.where.every(([path, value]) => {
        const values = valuesAt(document, path);
        return value === null ? values.length === 0 : values.some((other) => textOf(other) === textOf(value));
      });
  }

  // As many at a time as a server takes together, if the documents may all be as large as documents can be.
  async findAll(step, keys) {
    const found = [];
    while (found.length < keys.length) {
      const width = step.by === "id" ? Math.max(1, Math.min(16, Math.floor((this.#budget.bytes - RESERVE) / LARGEST))) : 1;
      const some = keys.slice(found.length, found.length + width);
      found.push(...(await Promise.all(some.map((key) => this.find(step, key)))));
    }
    return found;
  }
}

// From junction rows on to the targets.
async function onwards(reading, rows, [pick, place]) {
  const step = plan.steps[place];
  const keys = new Map();
  let all = true;
  for (const row of rows.documents) {
    const found = keysOf(row, pick.map(segments));
    all &&= found.all;
    for (const key of found.keys) keys.set(textOfKey(key), key);
  }
  const some = [...keys.values()].slice(0, plan.targets);
  const documents = new Map(), missing = [];
  let exact = rows.exact && all && some.length === keys.size, failure = rows.failure, cut = rows.cut;
  for (const [at, found] of (await reading.findAll(step, some)).entries()) {
    cut ||= found === null || found.cut;
    exact &&= found !== null && found.exact;
    failure ??= found?.failure ?? null;
    if (found?.missing) missing.push(some[at][step.prefix[0]]);
    for (const document of found?.documents ?? []) documents.set(document._id, document);
  }
  return { documents: [...documents.values()], exact, missing, failure, cut };
}

async function follow(ctx) {
  for (const [place, step] of plan.steps.entries()) {
    step.place = place;
    step.names = step.fields;
    step.fields = step.fields.map(segments);
    step.rest = step.by === "scan" ? [] : [...step.fields.keys()].filter((at) => !step.prefix.includes(at));
    step.where = step.where.map(([path, value]) => [segments(path), value]);
  }
  const reading = new Reading(ctx);
  const pool = new Map(), answers = Array.from(plan.asks, () => null);
  let size = 0, given = 0; // bytes of the documents in the pool, and answers
  const single = new Map(); // asks that need one step, by step: reads of one kind go together
  for (const [at, [place, , then]] of plan.asks.entries()) {
    if (then === null) single.set(place, [...(single.get(place) ?? []), at]);
  }
  const give = (at, found) => {
    if (found === null) return;
    const documents = found.documents.slice(0, plan.most);
    const more = documents.reduce((sum, document) => sum + (pool.has(document._id) ? 0 : sizeOf(document)), 0);
    if (given > 0 && (found.cut || size + more > ANSWER)) return; // a further module has more room
    size += more;
    given++;
    const places = documents.map((document) => {
      if (!pool.has(document._id)) pool.set(document._id, [pool.size, document]);
      return pool.get(document._id)[0];
    });
    const key = plan.asks[at][1], step = plan.steps[plan.asks[at][0]];
    const missing = Array.isArray(found.missing) ? found.missing : found.missing ? [key[step.prefix[0]]] : [];
    answers[at] = [found.documents.length, found.exact, places, missing, found.failure];
  };
  for (const [place, asks] of single) {
    const found = await reading.findAll(plan.steps[place], asks.map((at) => plan.asks[at][1]));
    for (const [order, at] of asks.entries()) give(at, found[order]);
  }
  for (const [at, [place, key, then]] of plan.asks.entries()) {
    if (then === null) continue;
    const rows = await reading.find(plan.steps[place], key);
    if (rows !== null) give(at, await onwards(reading, rows, then));
  }
  const documents = [...pool.values()].map(([, document]) => document);
  const pools = [];
  for (let start = 0; start < documents.length; start += POOL) pools.push(documents.slice(start, start + POOL));
  return { pools, answers };
}

export default query({ handler: follow });
