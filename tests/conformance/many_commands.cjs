// Loaded before the genuine CLI: starts it once, and has it run one command after another, since starting takes longest.
// A line of JSON on stdin is a command: its arguments, folder and variables. One on stdout is its exit code, and what it
// printed on each stream.
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
const exit = process.exit;
let exited;
process.exit = (code) => {
  const end = new Exit(code);
  exited?.(end.code);
  throw end;
};
process.on("unhandledRejection", () => {});

async function run({ given, cwd, variables }) {
  process.chdir(cwd);
  for (const name of Object.keys(process.env)) if (!(name in variables)) delete process.env[name];
  Object.assign(process.env, variables);
  printed.stdout = printed.stderr = "";
  process.exitCode = undefined;
  // The first call of `exit` is the end, even where what it throws is caught.
  const end = new Promise((resolve) => (exited = resolve));
  const parsed = program.parseAsync(["node", "convex", ...given]).then(
    () => process.exitCode ?? 0,
    (thrown) => {
      if (!(thrown instanceof Exit)) throw thrown;
      return thrown.code;
    },
  );
  const code = await Promise.race([end, parsed]);
  write(`${JSON.stringify({ code, ...printed })}\n`);
}

createInterface({ input: process.stdin })
  .on("line", (line) => {
    waiting = waiting.then(() => run(JSON.parse(line)));
  })
  .on("close", () => waiting.then(() => exit(0)));
