// `ctx` of a query: db, storage, auth, meta, runQuery. Nothing in it writes.
import { mustBeText, mustProvide } from "./arguments.js";
import { request, requestNow } from "./channel.js";
import { decode } from "./codec.js";
import { Error, stringify } from "./primordials.js";
import { newQuery } from "./query.js";
import { chargeDocument, chargeQuery, metrics } from "./transaction.js";

async function get(execution, table, id, isSystem) {
  mustProvide(id, 1, "get", "id");
  if (typeof id !== "string") {
    throw new Error(`Invalid argument \`id\` for \`db.get\`, expected string but got '${typeof id}': ${id}`);
  }
  chargeQuery();
  const answer = await request(
    `{"op":"get","component":${stringify(execution.component)},"table":${stringify(table ?? null)},"id":${
      stringify(id)
    },"system":${isSystem}}`,
  );
  if (answer === null) return null;
  const document = answer.special ? decode(answer.document) : answer.document;
  if (!isSystem) chargeDocument(document, answer.ascii);
  return document;
}

function checkSide(table, isSystem, method) {
  const isSystemTable = table.startsWith("_");
  if (isSystemTable === isSystem) return;
  throw new Error(
    `${isSystemTable ? "System" : "User"} tables can only be accessed from db.${isSystem ? "" : "system."}${method}().`,
  );
}

class TableReader {
  #execution;
  #table;
  #isSystem;

  constructor(execution, table, isSystem) {
    this.#execution = execution;
    this.#table = table;
    this.#isSystem = isSystem;
  }

  async get(id) {
    return await get(this.#execution, this.#table, id, this.#isSystem);
  }

  query() {
    checkSide(this.#table, this.#isSystem, "query");
    return newQuery(this.#execution, this.#table);
  }
}

function tableReader(execution, table, isSystem) {
  mustProvide(table, 1, "query", "tableName");
  mustBeText(table, "tableName", "db.query");
  return new TableReader(execution, table, isSystem);
}

function reader(execution, isSystem) {
  return {
    get: async (first, second) =>
      second !== undefined
        ? await get(execution, first, second, isSystem)
        : await get(execution, undefined, first, isSystem),
    query: (table) => tableReader(execution, table, isSystem).query(),
    normalizeId: (table, id) => {
      mustProvide(table, 1, "normalizeId", "tableName");
      mustProvide(id, 2, "normalizeId", "id");
      mustBeText(table, "tableName", "db.normalizeId");
      mustBeText(id, "id", "db.normalizeId");
      checkSide(table, isSystem, "normalizeId");
      return requestNow(
        `{"op":"normalizeId","component":${stringify(execution.component)},"table":${stringify(table)},"id":${
          stringify(id)
        }}`,
      );
    },
    table: (table) => new TableReader(execution, `${table}`, isSystem),
  };
}

function storage(execution) {
  const ask = async (op, id) => {
    mustProvide(id, 1, op, "storageId");
    mustBeText(id, "storageId", `storage.${op}`);
    return await request(`{"op":"${op}","component":${stringify(execution.component)},"id":${stringify(id)}}`);
  };
  return { getUrl: (id) => ask("getUrl", id), getMetadata: (id) => ask("getMetadata", id) };
}

function meta(execution) {
  return {
    getFunctionMetadata: async () => ({
      name: execution.name,
      componentPath: execution.component,
      type: "query",
      visibility: execution.visibility,
    }),
    getTransactionMetrics: async () => metrics(),
    getDeploymentMetadata: async () => ({ ...execution.deployment }),
    getSnapshotTs: () => BigInt(Math.floor(execution.now)) * 1000000n,
  };
}

// `execution` is one call of one function: name, component, visibility, identity, deployment, now, depth.
export function newContext(execution, runQuery) {
  return {
    db: { ...reader(execution, false), system: reader(execution, true) },
    auth: {
      getUserIdentity: async () => (execution.identity === null ? null : structuredClone(execution.identity)),
    },
    storage: storage(execution),
    meta: meta(execution),
    runQuery: async (reference, args, options) => {
      if (options?.useStaleSnapshot) {
        throw new Error("`useStaleSnapshot` is only supported in mutations, not queries.");
      }
      return await runQuery(execution, reference, args);
    },
  };
}
