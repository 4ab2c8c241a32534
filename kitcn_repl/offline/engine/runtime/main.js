// Runs the job that the host was given, and tells it how that ended.
import { connect, request, send } from "./channel.js";
import { decode, encode, isSimpleObject, Writer } from "./codec.js";
import { console } from "./console.js";
import { newContext } from "./context.js";
import { describe } from "./failure.js";
import { setUp } from "./globals.js";
import {
  CONVEX_ERROR,
  ConvexError,
  Error,
  Map,
  parse,
  Promise,
  String,
  stringify,
  Symbol,
  whenDone,
} from "./primordials.js";
import { isQuery } from "./query.js";
import { deployed, kindOf, registered } from "./registry.js";
import { limits, warnings } from "./transaction.js";

const MAXIMUM_DEPTH = 8;
const loading = new Map();
let job;
let isAnalyzing = false;
let isOver = false;

function finish(outcome) {
  if (isOver) return;
  isOver = true;
  for (const line of warnings()) send("L", line);
  send("D", stringify(outcome));
}

export const fail = (error) => finish({ status: "failed", ...describe(error) });
const reject = (code, message) => finish({ status: "rejected", code, message });

class LoadError extends Error {}

// The module's namespace. Its promise settles through the three functions below, which the host calls.
function load(path, source) {
  return new Promise((resolve, reject) => {
    const ticket = loading.size;
    loading.set(ticket, { resolve, reject });
    send("load", stringify({ ticket, path, source }));
  });
}

export const loaded = (ticket, namespace) => loading.get(ticket).resolve([namespace]); // a module may export `then`
export const refused = (ticket, message) => loading.get(ticket).reject(new LoadError(message));
export const failed = (ticket, error) => loading.get(ticket).reject(error);

export function neverSettled() {
  if (isAnalyzing) {
    const text = "Uncaught Error: Top-level await promise never resolved";
    finish({ status: "rejected", code: "InvalidModules", text });
  }
  finish({ status: "failed", text: "Returned promise will never resolve" });
}

export function start(text, bridge) {
  job = parse(text);
  connect(bridge);
  Object.assign(limits, job.limits);
  setUp({ now: job.now, seed: job.seed, environment: job.environment, console });
  whenDone(job.isolated ? runModule() : runDeployed(), undefined, fail);
}

function newExecution({ name, component, visibility, depth = 0 }) {
  const { identity, deployment, now } = job;
  return { name, component, visibility, identity, deployment, now, depth, hasPaginated: false };
}

async function runModule() {
  let namespace;
  isAnalyzing = true;
  try {
    [namespace] = await load(job.path, job.source);
    isAnalyzing = false;
  } catch (error) {
    const { text, stack } = describe(error);
    finish({ status: "rejected", code: "InvalidModules", text, stack });
    return;
  }
  for (const name of Object.keys(namespace)) {
    if (name !== "default" && kindOf(namespace[name]) !== undefined) {
      return reject("InvalidTestQuery", "Only `export default` is supported.");
    }
  }
  const kind = kindOf(namespace.default);
  if (kind === undefined) return reject("InvalidTestQuery", "Default export is not a Convex function.");
  if (kind !== "Query") {
    const plural = { Mutation: "Mutations", Action: "Actions", Http: "HTTP actions" }[kind];
    return reject("UnsupportedTestQuery", `${plural} are not supported in the REPL yet.`);
  }
  const { handler, visibility } = registered(namespace.default);
  const name = job.path.replace(/\.js$/, "");
  await deliver(
    handler,
    newExecution({ name: `${name}:default`, component: job.component, visibility }),
    `${job.path}:default`,
  );
}

async function runDeployed() {
  const [namespace] = await load(job.path);
  const found = deployed(namespace[job.name]);
  if (found === undefined) throw new Error(`Couldn't find "${job.name}" in module "${job.path}".`);
  const name = `${job.path.replace(/\.js$/, "")}:${job.name}`;
  await deliver(
    found.handler,
    newExecution({ name, component: job.component, visibility: found.visibility }),
    `${job.path}:${job.name}`,
  );
}

async function call(handler, execution, args) {
  const value = await handler(newContext(execution, runQuery), ...args);
  if (isQuery(value)) {
    throw new Error(
      "Return value is a Query. Results must be retrieved with `.collect()`, `.take(n), `.unique()`, or `.first()`.",
    );
  }
  return value === undefined ? null : value;
}

async function deliver(handler, execution, path) {
  const value = await call(handler, execution, decode(job.args));
  const writer = new Writer((piece) => send("V", piece), limits.resultBytes);
  writer.value(value);
  writer.end();
  finish({ status: "done", path, size: writer.size, problem: writer.problem });
}

function addressOf(reference) {
  if (typeof reference === "string") return reference;
  const name = reference?.[Symbol.for("functionName")];
  if (typeof name !== "string") throw new Error(`${String(reference)} is not a functionReference`);
  return name;
}

// `ctx.runQuery`: arguments and value are copied, as they would be between two isolates.
async function runQuery(caller, reference, args = {}) {
  if (!isSimpleObject(args)) {
    throw new Error(`The arguments to a Convex function must be an object. Received: ${String(args)}`);
  }
  const argsText = encode(args);
  const address = addressOf(reference);
  if (caller.depth >= MAXIMUM_DEPTH) throw new Error(`Maximum call depth exceeded (limit: ${MAXIMUM_DEPTH})`);
  const found = await request(
    `{"op":"function","component":${stringify(caller.component)},"path":${stringify(address)},"args":${argsText}}`,
  );
  const [namespace] = await load(found.path);
  const callee = deployed(namespace[found.name]);
  if (callee === undefined) throw new Error(`Couldn't find "${found.name}" in module "${found.path}".`);
  const execution = newExecution({
    name: `${found.path.replace(/\.js$/, "")}:${found.name}`,
    component: caller.component,
    visibility: callee.visibility,
    depth: caller.depth + 1,
  });
  try {
    return decode(parse(encode(await call(callee.handler, execution, [decode(parse(argsText))]))));
  } catch (error) {
    throw rethrown(error);
  }
}

// An error of a nested function arrives as its message, and a ConvexError's data.
function rethrown(error) {
  const { text } = describe(error);
  if (typeof error !== "object" || error === null || !(CONVEX_ERROR in error)) return new Error(text);
  const copy = new ConvexError(decode(parse(encode(error.data ?? null))));
  copy.message = text;
  return copy;
}
