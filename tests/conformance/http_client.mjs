// npm's ConvexHttpClient against a served deployment: outcomes of a few calls, as JSON.
import { readFileSync } from "node:fs";
import { ConvexHttpClient } from "convex/browser";
import { convexToJson } from "convex/values";

const { url, adminKey } = JSON.parse(readFileSync(0, "utf8"));

const client = (key, identity) => {
  const made = new ConvexHttpClient(url, { logger: false });
  if (key !== undefined) made.setAdminAuth(key, identity);
  return made;
};

const outcome = async (running) => {
  try {
    return { value: convexToJson(await running) };
  } catch (error) {
    return { error: error.message };
  }
};

const admin = client(adminKey);
const nobody = client();
const paging = { paginationOpts: { numItems: 100, cursor: null } };

console.log(
  JSON.stringify({
    publicQuery: await outcome(nobody.query("users:list", { limit: 2 })),
    consistentQuery: await outcome(nobody.consistentQuery("users:list", { limit: 2 })),
    internalQuery: await outcome(admin.query("users:stats", {})),
    internalQueryOfNobody: await outcome(nobody.query("users:stats", {})),
    systemQuery: await outcome(admin.query("_system/cli/tables", paging)),
    systemQueryOfNobody: await outcome(nobody.query("_system/cli/tables", paging)),
    systemQueryOfAUser: await outcome(
      client(adminKey, { issuer: "https://convex.test", subject: "1", tokenIdentifier: "x" }).query(
        "_system/cli/tables",
        paging,
      ),
    ),
    wrongKey: await outcome(client("demo|wrong").query("_system/cli/tables", paging)),
    everyType: await outcome(
      admin.query("_system/cli/tableData", { table: "typeZoo", order: "asc", ...paging }),
    ),
    anyFunction: await outcome(admin.function("users:list", undefined, { limit: 1 })),
    anyFunctionOfAComponent: await outcome(admin.function("a:b", "rateLimiter", {})),
    wrongArguments: await outcome(nobody.query("users:list", { limit: "two" })),
    mutation: await outcome(admin.mutation("projects:rename", { id: "x", name: "y" })),
    action: await outcome(admin.action("users:sendWelcome", { id: "x" })),
  }),
);
