// Snippets under convex-test, which runs the genuine `convex/server`: outcomes by name, as JSON.
import { readFileSync } from "node:fs";
import { convexTest } from "convex-test";
import { defineSchema, defineTable, makeFunctionReference, queryGeneric } from "convex/server";
import { v } from "convex/values";

const { documents, functions, indexes, rows } = JSON.parse(readFileSync(0, "utf8"));
let table = defineTable(v.any());
for (const [name, fields] of Object.entries(indexes)) table = table.index(name, fields);
table = table.searchIndex("search_text", { searchField: "text", filterFields: ["rank"] });

const deployed = functions.replaceAll("export const ", "exports.").trim();
const exports = {};
new Function("query", "exports", deployed)((handler) => queryGeneric({ handler }), exports);
const t = convexTest(defineSchema({ docs: table, other: defineTable(v.any()) }), {
  "./_generated/api.js": async () => ({}),
  "./given.js": async () => exports,
});
const given = { double: makeFunctionReference("given:double"), page: makeFunctionReference("given:page") };

const { ids, storageId } = await t.run(async (ctx) => {
  const ids = [];
  for (const document of documents) ids.push(await ctx.db.insert("docs", document));
  return { ids, storageId: await ctx.storage.store(new Blob(["hello world"])) };
});

const AsyncFunction = (async () => {}).constructor;
const found = {};
for (const [name, snippet] of Object.entries(rows)) {
  try {
    const ran = new AsyncFunction("ctx", "ids", "storageId", "given", `return ${snippet}`);
    found[name] = { value: await t.run(async (ctx) => JSON.stringify(await ran(ctx, ids, storageId, given))) };
    found[name].value = JSON.parse(found[name].value);
  } catch (error) {
    found[name] = { error: error.message };
  }
}
console.log(JSON.stringify(found));
