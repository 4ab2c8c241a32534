// Loaded before the genuine CLI: starts it once, and has it run one command after another, since starting takes longest.
// A line of JSON on stdin is a command's arguments; one on stdout is its exit code, and what it printed on each stream.
const { createInterface } = require("node:readline");

let program;
let isThere;
let waiting = new Promise((resolve) => (isThere = resolve));
Object.defineProperty(Object.prototype, "registeredArguments", {
  configurable: true,
  set(value) {
    Object.defineProperty(this, "registeredArguments", { value, writable: true, configurable: true, enumerable: true });
    // Once it is named; the one without a parent is the whole program.
    queueMicrotask(() => {
      if (this.parent !== null || this.name() !== "convex") return;
      program = this;
      // Its own run, of --version, comes first.
      setImmediate(isThere);
    });
  },
});

class Exit {
  constructor(code) {
    this.code = code ?? process.exitCode ?? 0;
  }
}

const write = process.stdout.write.bind(process.stdout);
const printed = { stdout: "", stderr: "" };
for (const name of ["stdout", "stderr"]) {
  process[name].write = (text, ...rest) => {
    printed[name] += text;
    rest.findLast((one) => typeof one === "function")?.();
    return true;
  };
}
const variables = { ...process.env };
const exit = process.exit;
process.exit = (code) => {
  throw new Exit(code);
};
process.on("unhandledRejection", () => {});

async function run(given) {
  for (const name of Object.keys(process.env)) if (!(name in variables)) delete process.env[name];
  Object.assign(process.env, variables);
  printed.stdout = printed.stderr = "";
  process.exitCode = undefined;
  let code = 0;
  try {
    await program.parseAsync(["node", "convex", ...given]);
  } catch (thrown) {
    if (!(thrown instanceof Exit)) throw thrown;
    code = thrown.code;
  }
  write(`${JSON.stringify({ code, ...printed })}\n`);
}

createInterface({ input: process.stdin })
  .on("line", (line) => {
    waiting = waiting.then(() => run(JSON.parse(line)));
  })
  .on("close", () => waiting.then(() => exit(0)));
