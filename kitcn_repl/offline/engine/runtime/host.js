// The only code that sees Deno: frames over stdin and stdout, and a realm in which everything else runs.
//
// Nothing of this realm may reach the inner one: what crosses is strings, and the one function `bridge`, which the
// runtime keeps to itself. Deno runs this without any permission, so even a way out of the realm leads nowhere.
//
// A frame is a big-endian uint32 length and that many bytes of UTF-8. Ours begin with a letter: R ready, Q a batch of
// requests (answered by one frame), L a log line, V a piece of the value, D the end.
import vm from "node:vm";

const { stdin, stdout } = Deno;
const stop = Deno.exit;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const header = new Uint8Array(4);

function fill(bytes) {
  let offset = 0;
  while (offset < bytes.length) {
    const count = stdin.readSync(bytes.subarray(offset));
    if (count === null) stop(0); // the host is gone
    offset += count;
  }
}

function readFrame() {
  fill(header);
  const bytes = new Uint8Array(((header[0] << 24) | (header[1] << 16) | (header[2] << 8) | header[3]) >>> 0);
  fill(bytes);
  return decoder.decode(bytes);
}

function writeFrame(text) {
  const body = encoder.encode(text);
  const frame = new Uint8Array(body.length + 4);
  new DataView(frame.buffer).setUint32(0, body.length);
  frame.set(body, 4);
  let offset = 0;
  while (offset < frame.length) offset += stdout.writeSync(frame.subarray(offset));
}

const boot = JSON.parse(readFrame());
const context = vm.createContext(vm.constants.DONT_CONTEXTIFY, { codeGeneration: { strings: false, wasm: false } });

// Host objects in stack frames would be a door: V8 hands them to a `prepareStackTrace` of the user's.
vm.runInContext(
  "Object.defineProperty(Error, 'prepareStackTrace', { value: undefined, writable: false, configurable: false })",
  context,
);

const runtimeModules = new Map();
for (const [name, source] of Object.entries(boot.files)) {
  runtimeModules.set(name, new vm.SourceTextModule(source, { context, identifier: `convex:/runtime/${name}` }));
}
for (const name of ["main.js", "wrappers.js", "values.js"]) {
  const module = runtimeModules.get(name);
  await module.link((specifier) => runtimeModules.get(specifier.replace("./", "")));
  await module.evaluate();
}
const runtime = runtimeModules.get("main.js").namespace;

const deployed = new Map();

class ImportError extends Error {}

function ask(request) {
  writeFrame("Q" + JSON.stringify([request]));
  return JSON.parse(readFrame())[0];
}

// Specifier, seen from the module at `from`, to a builtin's name or a deployed module's path.
function resolve(specifier, from) {
  if (specifier === "convex:/_system/repl/wrappers.js") return { builtin: "wrappers.js" };
  const isolated = from === isolatedPath;
  if (!isolated && specifier === "convex/values") return { builtin: "values.js" };
  if (specifier.startsWith("convex:") || /^\.{0,2}\//.test(specifier)) {
    const path = new URL(specifier, `convex:/${from}`).pathname.slice(1);
    if (!isolated && /^_generated\/server(\.js)?$/.test(path)) return { builtin: "wrappers.js" };
    const file = path.endsWith(".js") ? path : `${path}.js`;
    if (isolated) throw new ImportError(`Couldn't find JavaScript module '${file}'`);
    return { path: file };
  }
  if (/^[a-z][a-z0-9+.-]*:/i.test(specifier)) throw new ImportError(`Couldn't find JavaScript module '${specifier}'`);
  throw new ImportError(
    `Relative import path "${specifier}" not prefixed with / or ./ or ../`,
  );
}

function deployedModule(path) {
  let module = deployed.get(path);
  if (module === undefined) {
    const answer = ask({ op: "module", path });
    if (typeof answer.ok !== "string") throw new ImportError(`Couldn't find JavaScript module '${path}'`);
    module = newModule(answer.ok, path);
    deployed.set(path, module);
  }
  return module;
}

function newModule(source, path) {
  return new vm.SourceTextModule(source, { context, identifier: path });
}

function link(specifier, referrer) {
  const found = resolve(specifier, referrer.identifier);
  return found.builtin ? runtimeModules.get(found.builtin) : deployedModule(found.path);
}

// Loads a module and reports to the runtime: its namespace, or why not. Errors of the inner realm are only passed on.
async function load(ticket, path, source) {
  let module;
  try {
    module = typeof source === "string" ? newModule(source, path) : deployedModule(path);
    if (module.status === "unlinked") await module.link(link);
    await module.evaluate();
  } catch (error) {
    if (error instanceof ImportError) runtime.refused(ticket, error.message);
    else if (error instanceof Error) runtime.refused(ticket, "The module could not be loaded");
    else runtime.failed(ticket, error);
    return;
  }
  runtime.loaded(ticket, module.namespace);
}

// Called from the inner realm with strings; throws nothing, so that no error of this realm gets there.
function bridge(kind, text) {
  try {
    if (typeof text !== "string") return undefined;
    if (kind === "ask") {
      writeFrame("Q" + text);
      return readFrame();
    }
    if (kind === "load") {
      const { ticket, path, source } = JSON.parse(text);
      load(ticket, path, source);
    } else if (kind === "L" || kind === "V" || kind === "D") {
      writeFrame(kind + text);
      if (kind === "D") stop(0);
    }
    return "";
  } catch {
    return undefined;
  }
}

// An error that nobody waits for ends the query, not the process.
addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  runtime.fail(event.reason);
});

writeFrame("R");
const jobText = readFrame();
// The module of an inline query: it can import nothing of the deployment's.
const isolatedPath = JSON.parse(jobText).isolated;
runtime.start(jobText, bridge);
// Nothing in the inner realm waits for anything but promises: one turn of the event loop settles what ever will be.
setTimeout(() => setTimeout(() => runtime.neverSettled(), 0), 0);
