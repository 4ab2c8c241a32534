// Judges encoded values by the genuine `convex/values`. Cases as JSON on stdin, verdicts as JSON on stdout.
import { readFileSync } from "node:fs";
import { compareValues, convexToJson, getConvexSize, jsonToConvex } from "convex/values";

// `convex data`'s printer is not exported, hence cut out of its file.
const printer = readFileSync("node_modules/convex/dist/esm/cli/lib/data.js", "utf8");
const start = printer.indexOf("function stringify(value)");
if (start < 0) throw new Error("the printer of `convex data` has moved");
const Base64 = { fromByteArray: (bytes) => Buffer.from(bytes).toString("base64") };
const display = new Function("Base64", printer.slice(start) + "\nreturn stringify;")(Base64);

const hex = (bytes) => Buffer.from(bytes).toString("hex");
const bits = (number) => { const b = Buffer.alloc(8); b.writeDoubleBE(number); return hex(b); };

function described(value) {
  if (value === null) return "null";
  if (typeof value === "bigint") return ["int64", value.toString()];
  if (typeof value === "number") return ["float64", bits(value)];
  if (typeof value === "boolean") return String(value);
  if (typeof value === "string") return ["string", value];
  if (value instanceof ArrayBuffer) return ["bytes", hex(new Uint8Array(value))];
  if (Array.isArray(value)) return ["array", ...value.map(described)];
  return ["object", ...Object.keys(value).sort().map((key) => [key, described(value[key])])];
}

// What a description of a value in neutral words stands for; some of them are no Convex values.
function built([kind, inner]) {
  switch (kind) {
    case "null": return null;
    case "boolean": case "string": return inner;
    case "float64": return Buffer.from(inner, "hex").readDoubleBE();
    case "bigint": return BigInt(inner);
    case "bytes": return Uint8Array.from(Buffer.from(inner, "hex")).buffer;
    case "array": return inner.map(built);
    case "object": return Object.fromEntries(inner.map(([key, value]) => [key, built(value)]));
    case "set": return new Set(inner.map(built));
    case "date": return new Date(inner);
    case "function": return () => inner;
    case "instance": return new (class Point { x = 1; })();
  }
  throw new Error(`unknown kind ${kind}`);
}

// Whether every base64 text is the one that an encoder writes: the genuine decoder takes junk as zeros.
function strict(encoded) {
  if (typeof encoded !== "object" || encoded === null) return true;
  if (Array.isArray(encoded)) return encoded.every(strict);
  const entries = Object.entries(encoded);
  if (entries.length === 1 && ["$bytes", "$integer", "$float"].includes(entries[0][0])) {
    const text = entries[0][1];
    return typeof text !== "string" || Buffer.from(text, "base64").toString("base64") === text;
  }
  return entries.every(([, inner]) => strict(inner));
}

const attempt = (work) => { try { return { value: work() }; } catch (error) { return { error: error.message }; } };

const judges = {
  decode: (encoded) => ({
    strict: strict(encoded),
    ...attempt(() => {
      const value = jsonToConvex(encoded);
      const again = convexToJson(value);
      return {
        compact: JSON.stringify(again),
        indented: JSON.stringify(again, null, 2),
        displayed: display(value),
        described: described(value),
        size: getConvexSize(value),
      };
    }),
  }),
  encode: (description) => attempt(() => JSON.stringify(convexToJson(built(description)))),
  order: (pair) => Math.sign(compareValues(...pair.map(({ value }) => (value === undefined ? value : jsonToConvex(value))))),
};

const { judge, cases } = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(cases.map(judges[judge])));
