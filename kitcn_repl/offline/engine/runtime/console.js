// console: log lines as the server formats them, `[LEVEL] text`.
import { send } from "./channel.js";
import { inspect } from "./inspect.js";
import { Map, String } from "./primordials.js";

const MAXIMUM_LINES = 256;
const MAXIMUM_LENGTH = 32768;
const TRUNCATED = " (truncated due to length)";

let lines = 0;

function write(level, text) {
  lines++;
  if (lines > MAXIMUM_LINES) {
    if (lines > MAXIMUM_LINES + 1) return;
    level = "ERROR";
    text = `Log overflow (maximum ${MAXIMUM_LINES}). Remaining log lines omitted.`;
  }
  if (text.length > MAXIMUM_LENGTH) text = text.slice(0, MAXIMUM_LENGTH - TRUNCATED.length).toWellFormed() + TRUNCATED;
  send("L", `[${level}] ${text}`);
}

const at = (level) => (...parts) => write(level, parts.map((part) => inspect(part)).join(" "));

const counts = new Map();

export const console = {
  debug: at("DEBUG"),
  error: at("ERROR"),
  info: at("INFO"),
  log: at("LOG"),
  warn: at("WARN"),
  dir: (value) => write("LOG", inspect(value)),
  table: at("LOG"),
  group: at("LOG"),
  groupCollapsed: at("LOG"),
  groupEnd() {},
  trace(...parts) {
    const stack = String(new Error().stack).split("\n").slice(2).filter((line) =>
      !/convex:\/runtime\/|ext:|file:/.test(line)
    );
    write("LOG", [...parts.map((part) => inspect(part)), stack.join("\n")].join(" "));
  },
  assert(condition, ...parts) {
    if (!condition) write("ERROR", ["Assertion failed", ...parts.map((part) => inspect(part))].join(" "));
  },
  count(label = "default") {
    const count = (counts.get(label) ?? 0) + 1;
    counts.set(label, count);
    write("INFO", inspect(`${label}: ${count}`));
  },
  countReset(label = "default") {
    counts.delete(label);
  },
  // Time stands still within a query, so there is no duration to tell.
  time() {},
  timeLog: (label = "default", ...parts) =>
    write("INFO", [inspect(`${label}: 0ms`), ...parts.map((part) => inspect(part))].join(" ")),
  timeEnd: (label = "default") => write("INFO", inspect(`${label}: 0ms`)),
};
