// Carries out a query described as JSON, on any `db`. Runs in our sandbox and under convex-test alike.

function decode(value) {
  if (Array.isArray(value)) return value.map(decode);
  if (typeof value !== "object" || value === null) return value;
  const keys = Object.keys(value);
  if (keys.length === 1 && keys[0].startsWith("$")) {
    if (keys[0] === "$undefined") return undefined;
    const binary = atob(value[keys[0]]);
    const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
    if (keys[0] === "$bytes") return bytes.buffer;
    const view = new DataView(bytes.buffer);
    return keys[0] === "$integer" ? view.getBigInt64(0, true) : view.getFloat64(0, true);
  }
  return Object.fromEntries(keys.map((key) => [key, decode(value[key])]));
}

// An expression: {field}, {literal}, or {op, of: [expressions]}.
function build(q, expression) {
  if (expression.field !== undefined) return q.field(expression.field);
  if ("literal" in expression) return decode(expression.literal);
  return q[expression.op](...expression.of.map((inner) => build(q, inner)));
}

// Bounds on creation times are given by the documents that have them, by `k`; nobody has the one that follows.
async function resolved(db, spec) {
  if (!spec.range.some(([, field]) => field === "_creationTime")) return spec;
  const times = (await db.query("docs").collect()).map((document) => document._creationTime);
  const range = spec.range.map(([op, field, value]) =>
    field === "_creationTime" ? [op, field, times[value.$creation] ?? 1e15] : [op, field, value],
  );
  return { ...spec, range };
}

function chain(db, spec) {
  let query = db.query("docs");
  if (spec.index !== null) {
    query = query.withIndex(spec.index, (q) => spec.range.reduce((r, [op, field, value]) => r[op](field, decode(value)), q));
  }
  if (spec.order !== null) query = query.order(spec.order);
  for (const filter of [...spec.filters, ...spec.ordered]) query = query.filter((q) => build(q, filter));
  return query;
}

const payload = (document) => document.k;

// The payloads of the documents that the query gives, or the message of its error.
export async function run(db, spec) {
  const query = chain(db, await resolved(db, spec));
  const { how, n } = spec.end;
  if (how === "collect") return (await query.collect()).map(payload);
  if (how === "take") return (await query.take(n)).map(payload);
  if (how === "first") return [await query.first()].map((document) => document && payload(document));
  if (how === "unique") {
    try {
      return [await query.unique()].map((document) => document && payload(document));
    } catch (error) {
      return error.message.split("\n")[0];
    }
  }
  const out = [];
  for await (const document of query) {
    out.push(payload(document));
    if (out.length === n) break;
  }
  return out;
}

// All documents of the query without its `ordered` filters.
export async function unordered(db, spec) {
  return await chain(db, { ...(await resolved(db, spec)), ordered: [] }).collect();
}

// What `run` gives, or all pages together, where these are the documents.
export function ended(documents, { how, n }) {
  const all = documents.map(payload);
  if (how === "unique" && all.length > 1) return "unique() query returned more than one result from table docs:";
  if (how === "first" || how === "unique") return [all[0] ?? null];
  return how === "take" || how === "break" ? all.slice(0, n) : all;
}

// One page; the cursor of the next one, and whether this was the last.
export async function page(db, spec, cursor) {
  const result = await chain(db, await resolved(db, spec)).paginate({ numItems: spec.end.n, cursor });
  return { page: result.page.map(payload), cursor: result.continueCursor, isDone: result.isDone };
}

// Whole documents, to compare every value: JSON would lose the types.
export function describe(value) {
  if (typeof value === "bigint") return `int64 ${value}`;
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : `float64 ${value}`;
  if (value instanceof ArrayBuffer) return `bytes ${[...new Uint8Array(value)]}`;
  if (Array.isArray(value)) return value.map(describe);
  if (typeof value !== "object" || value === null) return value;
  const names = Object.keys(value).filter((name) => name !== "_id" && name !== "_creationTime");
  return Object.fromEntries(names.sort().map((name) => [name, describe(value[name])]));
}

export { decode };
