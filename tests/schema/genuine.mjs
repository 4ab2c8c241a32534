// What the genuine `convex/server` exports for a schema written as a few TypeScript files. JSON on stdin and stdout.
import { readFileSync } from "node:fs";
import { posix } from "node:path";
import * as server from "convex/server";
import * as values from "convex/values";
import { transformSync } from "esbuild";

const packages = { "convex/server": server, "convex/values": values };

function evaluate({ files, environment }) {
  const loaded = {};
  const process = { env: environment };
  function load(path) {
    if (loaded[path] === undefined) {
      const module = (loaded[path] = { exports: {} });
      const code = transformSync(files[path], { loader: "ts", format: "cjs", target: "es2022" }).code.replace(/^#!.*/, "");
      const require = (name) => packages[name] ?? load(`${posix.join(posix.dirname(path), name)}.ts`);
      new Function("require", "module", "exports", "process", code)(require, module, module.exports, process);
    }
    return loaded[path].exports;
  }
  return JSON.parse(load("convex/schema.ts").default.export());
}

const cases = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(
  JSON.stringify(
    cases.map((one) => {
      try {
        return { schema: evaluate(one) };
      } catch (error) {
        return { error: `${error.stack}` };
      }
    }),
  ),
);
