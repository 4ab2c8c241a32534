// Whatever was thrown, as text: it may be no Error, a Proxy, or throw again when looked at.
import { encode } from "./codec.js";
import { CONVEX_ERROR, parse, String } from "./primordials.js";

const LONGEST = 65536;

const attempt = (look, otherwise) => {
  try {
    return look();
  } catch {
    return otherwise;
  }
};

const shorten = (text) => (text.length > LONGEST ? text.slice(0, LONGEST).toWellFormed() : text.toWellFormed());

function messageOf(error) {
  if (typeof error === "symbol") return String(error);
  if ((typeof error !== "object" && typeof error !== "function") || error === null) return `${error}`;
  if (typeof error === "function" || !("message" in error)) {
    return typeof error === "function" ? String(error) : "#<Object>";
  }
  const name = error.name === undefined ? "Error" : String(error.name);
  const message = error.message === undefined ? "" : String(error.message);
  if (name === "") return message;
  return message === "" ? name : `${name}: ${message}`;
}

export function describe(error) {
  const text = shorten(`Uncaught ${attempt(() => messageOf(error), "#<Object>")}`);
  const isObject = typeof error === "object" && error !== null;
  const stack = isObject ? attempt(() => (typeof error.stack === "string" ? shorten(error.stack) : ""), "") : "";
  if (!isObject || !attempt(() => CONVEX_ERROR in error, false)) return { text, stack };
  const data = attempt(() => parse(encode(error.data === undefined ? null : error.data)), undefined);
  return data === undefined ? { text, stack } : { text, stack, data };
}
