// list: the first documents of a query that fit, and whether there are more; it looks through `most` of them.
async function list(name, query, limit, fits, most = SCAN) {
  const documents = [];
  let looked = 0, ended = spent();
  budget.queries--;
  if (ended) return cut(name, documents, ended);
  for await (const document of query) {
    if (looked === most) return cut(name, documents, `only ${most} documents were looked through`);
    if (fits === undefined || (await fits(document))) {
      if (documents.length === limit) return { documents, more: true, cut: false };
      documents.push(document);
    }
    looked++;
    budget.documents--;
    budget.bytes -= sizeOf(document);
    if ((ended = spent())) return cut(name, documents, ended);
  }
  return { documents, more: false, cut: false };
}

// cut: what was found before something ended the search.
function cut(name, documents, why) {
  notes.add(`${name}: ${why}; there may be more.`);
  return { documents, more: true, cut: true };
}

// spent: which of Convex's limits for one query lets it read no more; an empty text if none.
function spent() {
  const kind = Object.keys(budget).find((kind) => budget[kind] < 1);
  return kind === undefined ? "" : `one query can read no more (${kind === "queries" ? "database queries" : kind})`;
}

// sizeOf: about as many bytes as a value takes, rather more.
function sizeOf(value) {
  if (typeof value === "string") return (/[^\0-\x7f]/.test(value) ? 3 : 1) * value.length + 2;
  if (typeof value !== "object" || value === null) return 9;
  if (value instanceof ArrayBuffer) return value.byteLength + 2;
  if (Array.isArray(value)) return value.reduce((sum, item) => sum + sizeOf(item), 2);
  return Object.keys(value).reduce((sum, name) => sum + name.length + 1 + sizeOf(value[name]), 2);
}

// one: the document with an id of this table, as a list of at most one; nobody is asked twice.
async function one(reader, table, id) {
  const known = typeof id === "string" ? reader.normalizeId(table, id) : null;
  if (known === null) return [];
  if (!gets.has(known)) {
    const ended = spent();
    if (ended) return cut(table, [], ended).documents;
    budget.queries--;
    budget.documents--;
    const document = await reader.get(known);
    budget.bytes -= sizeOf(document);
    gets.set(known, document === null ? [] : [document]);
  }
  return gets.get(known);
}

// lookup: the documents of a table by the values of some fields, from one look through the table.
async function lookup(table, paths, key) {
  const name = JSON.stringify([table, paths]);
  if (!scans.has(table)) scans.set(table, (await list(table, ctx.db.query(table), SCAN)).documents);
  if (!lookups.has(name)) {
    const groups = new Map();
    for (const document of scans.get(table)) {
      for (const text of new Set(keys(document, paths).map(textOf))) {
        if (groups.has(text)) groups.get(text).push(document);
        else groups.set(text, [document]);
      }
    }
    lookups.set(name, groups);
  }
  return lookups.get(name).get(textOf(key)) ?? [];
}

// fitting: those of some documents that fit.
async function fitting(documents, fits) {
  const found = [];
  for (const document of documents) if (await fits(document)) found.push(document);
  return found;
}

// along: what `find` finds for the values that documents have in some fields, each document once.
async function along(documents, paths, find) {
  const found = new Map();
  for (const document of documents) {
    for (const key of keys(document, paths)) {
      for (const other of await find(key)) found.set(other._id, other);
    }
  }
  return [...found.values()];
}

// first: copies of the first documents of a relation.
function first(name, documents, limit) {
  if (documents.length > limit) notes.add(`${name}: some have more than ${limit}.`);
  return documents.slice(0, limit).map((row) => ({ ...row }));
}

// keys: the values of some fields together, more than once where a path leads through an array.
function keys(document, paths) {
  return paths.reduce(
    (found, path) => found.flatMap((key) => valuesAt(document, path.split(".")).map((value) => [...key, value])),
    [[]],
  );
}

// valuesAt: the plain values at a path, through arrays; * is every field of a record.
function valuesAt(value, [name, ...rest]) {
  if (Array.isArray(value)) return value.flatMap((item) => valuesAt(item, name === undefined ? [] : [name, ...rest]));
  if (value === undefined || value === null) return [];
  const isObject = typeof value === "object" && !(value instanceof ArrayBuffer);
  if (name === undefined) return isObject ? [] : [value];
  if (!isObject) return [];
  if (name === "*") return Object.values(value).flatMap((item) => valuesAt(item, rest));
  return Object.hasOwn(value, name) ? valuesAt(value[name], rest) : [];
}

// textOf: a value as text, the same for the same value only.
function textOf(value) {
  if (Array.isArray(value)) return `[${value.map(textOf)}]`;
  if (value instanceof ArrayBuffer) return `b${new Uint8Array(value)}`;
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : `${value}`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "undefined";
  return `{${Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${textOf(value[name])}`)}}`;
}

// same: whether two values are equal in Convex's sense.
function same(a, b) {
  return textOf(a) === textOf(b);
}

// like: SQL's LIKE, % for any text and _ for any character.
function like(value, pattern, flags) {
  if (typeof value !== "string") return false;
  const source = pattern.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&").replace(/%/g, "[^]*").replace(/_/g, "[^]");
  return new RegExp(`^${source}$`, `u${flags}`).test(value);
}

// compare: Convex's order of values.
function compare(a, b) {
  const order = rank(a) - rank(b);
  if (order !== 0) return order;
  if (typeof a === "string") return compareLists(Array.from(a, codeOf), Array.from(b, codeOf));
  if (a instanceof ArrayBuffer) return compareLists(Array.from(new Uint8Array(a)), Array.from(new Uint8Array(b)));
  if (Array.isArray(a)) return compareLists(a, b);
  if (typeof a === "object" && a !== null) return compareLists(entriesOf(a), entriesOf(b));
  if (a < b) return -1;
  if (a > b) return 1;
  // -0 comes before 0, NaN behind all numbers.
  return typeof a === "number" ? place(a) - place(b) : 0;
}

// place: where a number stands among those that JavaScript does not tell apart.
function place(number) {
  return Number.isNaN(number) ? 1 : Object.is(number, -0) ? -1 : 0;
}

// compareLists: the first difference decides, then the length.
function compareLists(a, b) {
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const order = compare(a[at], b[at]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

// rank: the order of types.
function rank(value) {
  if (value === undefined) return 0;
  if (value === null) return 1;
  if (value instanceof ArrayBuffer) return 6;
  if (Array.isArray(value)) return 7;
  return { bigint: 2, number: 3, boolean: 4, string: 5, object: 8 }[typeof value];
}

// codeOf: a character's number.
function codeOf(character) {
  return character.codePointAt(0);
}

// entriesOf: an object's fields and values, by name.
function entriesOf(value) {
  return Object.keys(value).sort().flatMap((name) => [name, value[name]]);
}
