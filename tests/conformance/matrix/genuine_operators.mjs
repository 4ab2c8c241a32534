// What a query function of the genuine `convex/server` is given, and what can be called on it: names, as JSON.
import { queryGeneric } from "convex/server";

const own = (object) => Object.keys(object);
const methods = (object) => {
  const names = [];
  for (let at = Object.getPrototypeOf(object); at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    names.push(...Reflect.ownKeys(at).filter((name) => typeof Object.getOwnPropertyDescriptor(at, name).value === "function"));
  }
  return [...new Set(names.filter((name) => name !== "constructor").map(String))];
};

let ctx;
await queryGeneric({ handler: (given) => void (ctx = given) }).invokeQuery("[{}]");

const found = { ctx: own(ctx) };
for (const part of ["db", "auth", "storage", "meta"]) found[`ctx.${part}`] = own(ctx[part]);
found["ctx.db.system"] = own(ctx.db.system);
found["ctx.db.table"] = methods(ctx.db.table("t"));
const initial = ctx.db.query("t");
found.query = [...new Set([...methods(initial), ...methods(ctx.db.query("t").order("asc"))])];
ctx.db.query("t").filter((q) => ((found.filter = own(q)), true));
ctx.db.query("t").withIndex("i", (q) => ((found.range = methods(q)), q));
ctx.db.query("t").withSearchIndex("i", (q) => ((found.search = methods(q)), q));
console.log(JSON.stringify(found));
