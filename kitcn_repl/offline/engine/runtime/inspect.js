// Values as text for the console: single-quoted strings, one line, five levels deep.
import { ArrayBuffer, Error, getPrototypeOf, isArray, keys, Map, Set, String } from "./primordials.js";

const ESCAPES = { 8: "b", 9: "t", 10: "n", 12: "f", 13: "r" };

function quote(text) {
  const escaped = text.replace(/(['\\])/g, "\\$1").replace(/[\x00-\x1f]/g, (char) => {
    const code = char.charCodeAt(0);
    return `\\${ESCAPES[code] ?? `x${code.toString(16).toUpperCase().padStart(2, "0")}`}`;
  });
  return `'${escaped}'`;
}

export function inspect(value, depth = 0, outer = []) {
  switch (typeof value) {
    case "string":
      return quote(value);
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    case "bigint":
      return `${value}n`;
    case "function":
      return functionText(value, depth, outer);
    case "object":
      break;
    default:
      return String(value); // undefined, boolean, symbol
  }
  if (value === null) return "null";
  if (depth >= 5) return isArray(value) ? "[Array]" : "[Object]";
  if (outer.includes(value)) return "[Circular]";
  const around = [...outer, value];
  const show = (item) => inspect(item, depth + 1, around);
  if (isArray(value)) return arrayText(value, show);
  if (value instanceof Error) return errorText(value, show);
  if (value instanceof Map) {
    return collection(
      "Map",
      value.size,
      [...value].map(([k, v]) => `${show(k)} => ${show(v)}`),
    );
  }
  if (value instanceof Set) return collection("Set", value.size, [...value].map(show));
  if (value instanceof Date || value instanceof RegExp) return String(value);
  if (value instanceof Number || value instanceof String || value instanceof Boolean) {
    return `Object(${show(value.valueOf())})`;
  }
  return objectText(value, show);
}

const collection = (name, size, items) => `${name} (${size}) {${items.join(", ")}}`;

function fields(value, show) {
  return keys(value).map((key) => `${quoteKey(key)}: ${show(value[key])}`);
}

function functionText(value, depth, outer) {
  const name = value.name ? `: ${value.name}` : " (anonymous)";
  const own = depth >= 5 ? [] : fields(value, (item) => inspect(item, depth + 1, [...outer, value]));
  return `[Function${name}]${own.length > 0 ? ` { ${own.join(", ")} }` : ""}`;
}

function arrayText(value, show) {
  if (value.length === 0) return "[]";
  const items = [];
  for (let i = 0; i < value.length; i++) items.push(i in value ? show(value[i]) : "");
  for (const key of keys(value)) if (!/^\d+$/.test(key)) items.push(`${quoteKey(key)}: ${show(value[key])}`);
  return `[ ${items.join(", ")} ]`;
}

const quoteKey = (key) => (/[^\w$]/.test(key) || key === "" ? quote(key) : key);

function errorText(value, show) {
  const parts = fields(value, show);
  if ("cause" in value && !keys(value).includes("cause")) parts.unshift(`[cause]: ${show(value.cause)}`);
  return parts.length === 0 ? `[${String(value)}]` : `{ [${String(value)}] ${parts.join(", ")} }`;
}

function objectText(value, show) {
  const prototype = getPrototypeOf(value);
  const constructor = prototype === null ? undefined : value.constructor;
  let tag = "";
  if (prototype === null) tag = "[Object: null prototype] ";
  else if (typeof constructor === "function" && constructor !== Object && constructor.name) {
    tag = `${constructor.name} `;
  }
  if (value instanceof ArrayBuffer) return `ArrayBuffer { byteLength: ${value.byteLength} }`;
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return `${tag}[ ${[...value].join(", ")} ]`;
  const parts = fields(value, show);
  return parts.length === 0 ? `${tag}{}` : `${tag}{ ${parts.join(", ")} }`;
}
