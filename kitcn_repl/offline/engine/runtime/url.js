// URL and URLSearchParams for queries that take addresses apart. Of the WHATWG rules it has what documents hold:
// absolute and relative addresses of http, https, ws, wss, ftp, file, and opaque ones such as mailto.
import { encodeUtf8 } from "./encoding.js";

const PORTS = { "http:": "80", "https:": "443", "ws:": "80", "wss:": "443", "ftp:": "21", "file:": "" };
const ABSOLUTE = /^([a-zA-Z][a-zA-Z0-9+.-]*:)([^?#]*)(\?[^#]*)?(#.*)?$/s;

const percent = (text, unsafe) =>
  text.replace(
    unsafe,
    (char) => [...encodeUtf8(char)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join(""),
  );

function withoutDots(path) {
  const out = [];
  const segments = path.split("/").slice(1);
  segments.forEach((segment, i) => {
    const isLast = i === segments.length - 1;
    if (/^(\.|%2e){2}$/i.test(segment)) out.pop();
    else if (!/^(\.|%2e)$/i.test(segment)) return out.push(segment);
    if (isLast) out.push("");
  });
  return `/${out.join("/")}`;
}

function parseAbsolute(text) {
  const match = ABSOLUTE.exec(text);
  if (match === null) return null;
  const protocol = match[1].toLowerCase();
  const [, , rest, search = "", hash = ""] = match;
  const parts = { protocol, username: "", password: "", hostname: "", port: "", search, hash };
  if (!(protocol in PORTS)) return { ...parts, pathname: rest, isOpaque: true };
  const authority = /^[/\\]*([^/\\]*)(.*)$/s.exec(rest);
  const [, credentials, host] = /^(?:(.*)@)?(.*)$/s.exec(authority[1]);
  if (credentials !== undefined) {
    const colon = credentials.indexOf(":");
    parts.username = percent(colon < 0 ? credentials : credentials.slice(0, colon), /[^\w.~!$&'()*+,-]/gu);
    parts.password = colon < 0 ? "" : percent(credentials.slice(colon + 1), /[^\w.~!$&'()*+,-]/gu);
  }
  const [, hostname, port = ""] = /^(\[.*\]|[^:]*)(?::(\d*))?$/.exec(host) ?? [];
  if (hostname === undefined || (hostname === "" && protocol !== "file:") || /[\s<>^|%#?@\\]/.test(hostname)) {
    return null;
  }
  if (Number(port) > 65535) return null;
  parts.hostname = hostname.toLowerCase();
  parts.port = port === "" || String(Number(port)) === PORTS[protocol] ? "" : String(Number(port));
  return { ...parts, pathname: withoutDots(authority[2].replaceAll("\\", "/") || "/"), isOpaque: false };
}

function parse(text, base) {
  const trimmed = text.replace(/^[\x00-\x20]+|[\x00-\x20]+$/g, "").replace(/[\t\n\r]/g, "");
  const absolute = parseAbsolute(trimmed);
  if (absolute !== null || base === undefined) return absolute;
  if (/^[a-zA-Z][a-zA-Z0-9+.-]*:/.test(trimmed)) return null;
  const from = parseAbsolute(base);
  if (from === null || (from.isOpaque && !trimmed.startsWith("#"))) return null;
  const [, path, search, hash = ""] = /^([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(trimmed);
  if (/^[/\\]{2}/.test(path)) return parseAbsolute(from.protocol + trimmed);
  if (path === "") return { ...from, search: search ?? from.search, hash };
  const pathname = path.startsWith("/") ? path : from.pathname.replace(/[^/]*$/, "") + path;
  return { ...from, pathname: withoutDots(pathname), search: search ?? "", hash };
}

export class URLSearchParams {
  #pairs = [];
  #changed;

  constructor(init = "", changed = () => {}) {
    this.#changed = typeof changed === "function" ? changed : () => {};
    if (typeof init === "object" && init !== null) {
      const pairs = typeof init[Symbol.iterator] === "function" ? init : Object.entries(init);
      for (const [name, value] of pairs) this.#pairs.push([`${name}`, `${value}`]);
      return;
    }
    for (const part of `${init}`.replace(/^\?/, "").split("&")) {
      if (part === "") continue;
      const equals = part.indexOf("=");
      const decode = (piece) => {
        const spaced = piece.replaceAll("+", " ");
        try {
          return decodeURIComponent(spaced);
        } catch {
          return spaced;
        }
      };
      this.#pairs.push([
        decode(equals < 0 ? part : part.slice(0, equals)),
        equals < 0 ? "" : decode(part.slice(equals + 1)),
      ]);
    }
  }
  get size() {
    return this.#pairs.length;
  }
  append(name, value) {
    this.#pairs.push([`${name}`, `${value}`]);
    this.#changed();
  }
  delete(name, value) {
    this.#pairs = this.#pairs.filter((pair) =>
      pair[0] !== `${name}` || (value !== undefined && pair[1] !== `${value}`)
    );
    this.#changed();
  }
  get(name) {
    return this.#pairs.find((pair) => pair[0] === `${name}`)?.[1] ?? null;
  }
  getAll(name) {
    return this.#pairs.filter((pair) => pair[0] === `${name}`).map((pair) => pair[1]);
  }
  has(name, value) {
    return this.#pairs.some((pair) => pair[0] === `${name}` && (value === undefined || pair[1] === `${value}`));
  }
  set(name, value) {
    const first = this.#pairs.findIndex((pair) => pair[0] === `${name}`);
    if (first < 0) return this.append(name, value);
    this.#pairs[first][1] = `${value}`;
    this.#pairs = this.#pairs.filter((pair, i) => i <= first || pair[0] !== `${name}`);
    this.#changed();
  }
  sort() {
    this.#pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    this.#changed();
  }
  forEach(callback, self) {
    for (const [name, value] of this.#pairs) callback.call(self, value, name, this);
  }
  *entries() {
    for (const pair of this.#pairs) yield [...pair];
  }
  *keys() {
    for (const [name] of this.#pairs) yield name;
  }
  *values() {
    for (const [, value] of this.#pairs) yield value;
  }
  [Symbol.iterator]() {
    return this.entries();
  }
  toString() {
    const encode = (text) => percent(text.toWellFormed(), /[^\w*. -]/gu).replaceAll(" ", "+");
    return this.#pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join("&");
  }
}

export class URL {
  #parts;
  #params;

  constructor(url, base) {
    const parts = parse(`${url}`, base === undefined ? undefined : `${base}`);
    if (parts === null) throw new TypeError(`Invalid URL: '${url}'`);
    this.#parts = parts;
    if (!parts.isOpaque) parts.pathname = percent(parts.pathname, /[^\w.~!$&'()*+,;=:@/%|[\]\\^-]/gu);
    parts.search = parts.search === "?" ? "" : percent(parts.search, /[\x00-\x20"#<>\x7f']|[^\x00-\x7f]/gu);
    parts.hash = parts.hash === "#" ? "" : percent(parts.hash, /[\x00-\x20"<>`\x7f]|[^\x00-\x7f]/gu);
  }
  static canParse(url, base) {
    return parse(`${url}`, base === undefined ? undefined : `${base}`) !== null;
  }
  static parse(url, base) {
    return URL.canParse(url, base) ? new URL(url, base) : null;
  }
  get searchParams() {
    this.#params ??= new URLSearchParams(this.#parts.search, () => {
      const text = this.#params.toString();
      this.#parts.search = text === "" ? "" : `?${text}`;
    });
    return this.#params;
  }
  get host() {
    return this.#parts.hostname + (this.#parts.port && `:${this.#parts.port}`);
  }
  get origin() {
    return this.#parts.isOpaque || this.#parts.protocol === "file:" ? "null" : `${this.#parts.protocol}//${this.host}`;
  }
  get href() {
    const { protocol, username, password, pathname, search, hash, isOpaque } = this.#parts;
    const credentials = username || password ? `${username}${password && `:${password}`}@` : "";
    return `${protocol}${isOpaque ? "" : `//${credentials}${this.host}`}${pathname}${search}${hash}`;
  }
  toString() {
    return this.href;
  }
  toJSON() {
    return this.href;
  }
  static {
    for (const name of ["protocol", "username", "password", "hostname", "port", "pathname", "search", "hash"]) {
      Object.defineProperty(this.prototype, name, {
        configurable: true,
        enumerable: true,
        get() {
          return this.#parts[name];
        },
      });
    }
  }
}
