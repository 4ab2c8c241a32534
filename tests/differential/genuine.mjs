// The same cases under convex-test, which runs the genuine `convex/server`. JSON on stdin, JSON on stdout.
import { readFileSync } from "node:fs";
import { convexTest } from "convex-test";
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

const { documents, indexes, specs, suite } = JSON.parse(readFileSync(0, "utf8"));
const { decode, describe, page, run } = await import(`data:text/javascript,${encodeURIComponent(suite)}`);

let table = defineTable(v.any());
for (const [name, fields] of Object.entries(indexes)) table = table.index(name, fields);
const t = convexTest(defineSchema({ docs: table }), { "./_generated/api.js": async () => ({}) });

await t.run(async (ctx) => {
  for (const document of documents) await ctx.db.insert("docs", decode(document));
});

const results = [];
for (const spec of specs) {
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
