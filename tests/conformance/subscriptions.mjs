// npm's ConvexClient and BaseConvexClient against a served deployment: what subscribers hear, as JSON.
import { readFileSync } from "node:fs";
import { BaseConvexClient, ConvexClient } from "convex/browser";
import { convexToJson } from "convex/values";
import { WebSocket } from "ws";

const { url, adminKey } = JSON.parse(readFileSync(0, "utf8"));
const heard = {};

const client = new ConvexClient(url, { logger: false, unsavedChangesWarning: false });
client.client.setAdminAuth(adminKey);

const first = (name, args) =>
  new Promise((resolve) => {
    const unsubscribe = client.onUpdate(
      name,
      args,
      (value) => resolve([{ value: convexToJson(value) }, unsubscribe]),
      (error) => resolve([{ error: error.message }, unsubscribe]),
    );
  });

let unsubscribe;
[heard.subscription, unsubscribe] = await first("users:list", { limit: 2 });
unsubscribe();
[heard.systemSubscription] = await first("_system/cli/tableSize", { tableName: "user" });
[heard.failingSubscription] = await first("users:list", { limit: "two" });
heard.query = convexToJson(await client.query("users:stats", {}));
heard.everyType = convexToJson(
  await client.query("_system/cli/tableData", {
    table: "typeZoo",
    order: "asc",
    paginationOpts: { numItems: 100, cursor: null },
  }),
);
heard.mutation = await client.mutation("projects:rename", { id: "x", name: "y" }).catch((error) => error.message);
heard.action = await client.action("users:sendWelcome", { id: "x" }).catch((error) => error.message);

// A changed environment reaches its subscriber, and nothing else is said again.
const values = [];
const changed = new Promise((resolve) => {
  client.onUpdate("_system/cli/queryEnvironmentVariables:get", { name: "CHANGED_BY_TEST" }, async (value) => {
    values.push(convexToJson(value));
    if (values.length === 1) {
      await fetch(`${url}/api/update_environment_variables`, {
        method: "POST",
        headers: { "Content-Type": "application/json", Authorization: `Convex ${adminKey}` },
        body: JSON.stringify({ changes: [{ name: "CHANGED_BY_TEST", value: "1" }] }),
      });
    } else {
      resolve();
    }
  });
});
await changed;
heard.environment = values;
await client.close();

// The low-level client: two queries in one set, a component, one removed again.
const sizes = [];
await new Promise((resolve) => {
  const base = new BaseConvexClient(
    url,
    (tokens) => {
      for (const token of tokens) sizes.push(convexToJson(base.localQueryResultByToken(token) ?? null));
      if (sizes.length === 2) {
        user.unsubscribe();
        resolve(base.close());
      }
    },
    { logger: false, unsavedChangesWarning: false, webSocketConstructor: WebSocket },
  );
  base.setAdminAuth(adminKey);
  const user = base.subscribe("_system/cli/tableSize", { tableName: "user" });
  base.subscribe("_system/cli/tableSize", { tableName: "rateLimits" }, { componentPath: "rateLimiter" });
});
heard.sizes = sizes;

console.log(JSON.stringify(heard));
