// One page of a query: where it stops, and the cursors that continue or split it (10.5).
import { request } from "./channel.js";
import { Error, stringify } from "./primordials.js";
import { Stream } from "./stream.js";
import { limits, usage } from "./transaction.js";

const ROWS_FOR_SPLIT = 6144;

function check(options, execution) {
  const { numItems } = options;
  if (execution.component !== "") throw new Error("paginate() is only supported in the app.");
  if (execution.hasPaginated) {
    throw new Error(
      "This query or mutation function ran multiple paginated queries. Convex only supports a single paginated query " +
        "in each function.",
    );
  }
  if (numItems === 0) throw new Error("Must request at least 1 document while paginating");
  if (!Number.isInteger(numItems)) {
    throw new Error(`\`options.numItems\` must be an integer. Received \`${numItems}\`.`);
  }
  if (numItems > limits.documentsRead) {
    throw new Error(`Page size is too large (actual: ${numItems}, limit: ${limits.documentsRead})`);
  }
  for (const name of ["maximumRowsRead", "maximumBytesRead"]) {
    if (options[name] === 0) throw new Error(`\`${name}\` must be greater than 0`);
  }
  execution.hasPaginated = true;
}

const cursorText = (cursor) => stringify(cursor ?? null);

export async function paginate(query, options, execution) {
  check(options, execution);
  const endCursor = options.endCursor ?? null;
  const maximumRows = endCursor === null ? (options.maximumRowsRead ?? Infinity) : Infinity;
  const maximumBytes = endCursor === null ? (options.maximumBytesRead ?? Infinity) : Infinity;
  const stream = new Stream({
    ...query,
    component: execution.component,
    page: `{"cursor":${cursorText(options.cursor)},"endCursor":${cursorText(endCursor)},"operators":${
      operatorsText(query)
    }}`,
  });
  const startBytes = usage.bytesRead;
  const bytes = () => usage.bytesRead - startBytes;
  const page = [];
  let pageStatus = null;
  let isExhausted = false;
  while (true) {
    if (!(await stream.fetch())) {
      isExhausted = true;
      break;
    }
    if (stream.rowsRead > 0 && usage.bytesRead + stream.nextSize > limits.bytesRead) {
      pageStatus = "SplitRequired";
      break;
    }
    if (stream.pull()) page[page.length] = stream.document;
    const isAtLimit = usage.documentsRead >= limits.documentsRead;
    if (stream.rowsRead >= maximumRows || bytes() >= maximumBytes || isAtLimit) {
      pageStatus = "SplitRequired";
      break;
    }
    if (endCursor === null && page.length >= options.numItems) break;
  }
  const rows = stream.rowsRead;
  const isNear = (used, limit) => used > limit * 0.75;
  if (
    pageStatus === null &&
    (rows > ROWS_FOR_SPLIT || isNear(rows, Math.min(maximumRows, limits.documentsRead)) ||
      isNear(bytes(), Math.min(maximumBytes, limits.bytesRead)))
  ) {
    pageStatus = "SplitRecommended";
  }
  const middle = rows > 2 ? Math.floor((rows - 1) / 2) : -1;
  const [continueCursor, splitCursor, isDone] = await request(
    `{"op":"cursors","stream":${stream.id},"exhausted":${isExhausted},"last":${rows - 1},"middle":${middle}}`,
  );
  return { page, isDone, continueCursor, splitCursor, pageStatus };
}

const operatorsText = ({ operators }) =>
  `[${operators.map((operator) => (operator.limit === undefined ? operator.filter : operator.limit)).join(",")}]`;
