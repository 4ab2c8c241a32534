// What this execution has read, against the limits of one function execution (10.6).
import { sizeOf } from "./codec.js";
import { Error } from "./primordials.js";

const ADVICE =
  "Consider using smaller limits in your queries, paginating your queries, or using indexed queries with a selective " +
  "index range expressions.";

export const usage = { documentsRead: 0, bytesRead: 0, databaseQueries: 0 };
export const limits = { documentsRead: 32000, bytesRead: 16777216, databaseQueries: 4096 };

export function chargeQuery() {
  if (++usage.databaseQueries > limits.databaseQueries) {
    throw new Error(`Too many reads in a single function execution (limit: ${limits.databaseQueries}). ${ADVICE}`);
  }
}

export function chargeDocument(document, ascii) {
  if (++usage.documentsRead > limits.documentsRead) {
    throw new Error(
      `Too many documents read in a single function execution (limit: ${limits.documentsRead}). ${ADVICE}`,
    );
  }
  usage.bytesRead += sizeOf(document, ascii);
  if (usage.bytesRead > limits.bytesRead) {
    throw new Error(
      `Too many bytes read in a single function execution (limit: ${limits.bytesRead} bytes). ${ADVICE}`,
    );
  }
}

export function metrics() {
  const of = (used, limit) => ({ used, remaining: Math.max(0, limit - used) });
  return {
    bytesRead: of(usage.bytesRead, limits.bytesRead),
    bytesWritten: of(0, 16777216),
    databaseQueries: of(usage.databaseQueries, limits.databaseQueries),
    documentsRead: of(usage.documentsRead, limits.documentsRead),
    documentsWritten: of(0, 16000),
    functionsScheduled: of(0, 1000),
    scheduledFunctionArgsBytes: of(0, 16777216),
  };
}

// Log lines about limits that this execution came near to.
export function warnings() {
  const found = [];
  const near = (what, used, limit, unit = "") => {
    if (used < limit * 0.8) return;
    found.push(
      `[WARN] Many ${what} read in a single function execution (actual: ${used}${unit}, limit: ${limit}${unit}). ${ADVICE}`,
    );
  };
  near("documents", usage.documentsRead, limits.documentsRead);
  near("bytes", usage.bytesRead, limits.bytesRead, " bytes");
  return found;
}
