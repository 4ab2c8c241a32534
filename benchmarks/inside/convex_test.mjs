// `GIVEN`: prints the seconds of one query under convex-test, after one that compiled it. Node evaluates this text in the
// folder that has the packages.
import { readFileSync } from "node:fs";
import { convexTest } from "convex-test";
import { defineSchema, defineTable, queryGeneric } from "convex/server";
import { v } from "convex/values";

const [given] = process.argv.slice(-1);
const { lines, body } = JSON.parse(readFileSync(given, "utf8"));
const handler = new (Object.getPrototypeOf(async () => {}).constructor)("ctx", body);
const functions = {
  "./_generated/api.js": async () => ({}),
  "./docs.js": async () => ({ all: queryGeneric({ handler }) }),
};
const t = convexTest(defineSchema({ docs: defineTable(v.any()) }), functions);
await t.run(async (ctx) => {
  for (const line of lines) await ctx.db.insert("docs", JSON.parse(line));
});
let seconds;
for (let turn = 0; turn < 2; turn++) {
  const begin = performance.now();
  const value = await t.query("docs:all", {});
  seconds = (performance.now() - begin) / 1000;
  if (value[0] !== lines.length) throw new Error("wrong answer");
}
console.log(JSON.stringify(seconds));
