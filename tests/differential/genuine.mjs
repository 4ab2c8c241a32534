// The same cases under convex-test, which runs the genuine `convex/server`. JSON on stdin, JSON on stdout.
import { readFileSync } from "node:fs";
import { convexTest } from "convex-test";
import { defineSchema, defineTable } from "convex/server";
import { compareValues, v } from "convex/values";

const { documents, indexes, specs, suite } = JSON.parse(readFileSync(0, "utf8"));
const { decode, describe, ended, page, run, unordered } = await import(`data:text/javascript,${encodeURIComponent(suite)}`);

let table = defineTable(v.any());
for (const [name, fields] of Object.entries(indexes)) {
  if (name !== "by_creation_time") table = table.index(name, fields);
}
const t = convexTest(defineSchema({ docs: table }), { "./_generated/api.js": async () => ({}) });

await t.run(async (ctx) => {
  for (const document of documents) await ctx.db.insert("docs", decode(document));
});

const isPlain = (value) => Object.getPrototypeOf(value ?? 0) === Object.prototype;
const at = (document, path) => path.split(".").reduce((value, name) => (isPlain(value) ? value[name] : undefined), document);
const holds = {
  lt: (order) => order < 0, lte: (order) => order <= 0, gt: (order) => order > 0, gte: (order) => order >= 0,
};

// convex-test's filters order values as JavaScript does; here the genuine order decides.
async function ordered(db, spec) {
  const fits = (document) =>
    spec.ordered.every(({ op, of: [{ field }, { literal }] }) => holds[op](compareValues(at(document, field), decode(literal))));
  return ended((await unordered(db, spec)).filter(fits), spec.end);
}

const results = [];
for (const spec of specs) {
  if (spec.ordered.length > 0) {
    results.push(await t.run(async (ctx) => JSON.stringify(await ordered(ctx.db, spec))).then(JSON.parse));
    continue;
  }
  if (spec.end.how !== "paginate") {
    results.push(await t.run(async (ctx) => JSON.stringify(await run(ctx.db, spec))).then(JSON.parse));
    continue;
  }
  const seen = [];
  for (let cursor = null, isDone = false; !isDone; ) {
    const found = await t.run((ctx) => page(ctx.db, spec, cursor));
    seen.push(...found.page);
    ({ cursor, isDone } = found);
  }
  results.push(seen);
}
const whole = await t.run(async (ctx) => JSON.stringify((await ctx.db.query("docs").collect()).map(describe)));
process.stdout.write(JSON.stringify({ results, whole: JSON.parse(whole) }));
