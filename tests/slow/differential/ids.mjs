// Document ids a second time, from the description of the format alone, by other means than ours: text as a string of
// bits. Cases as JSON on stdin, what they mean as JSON on stdout.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

const DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";

// The 8-bit groups of a bit string; whether what is left over are fewer bits than a digit has, all zero.
function octets(bits) {
  const bytes = bits.match(/.{8}/g) ?? [];
  return { bytes: bytes.map((octet) => parseInt(octet, 2)), clean: /^0{0,4}$/.test(bits.slice(bytes.length * 8)) };
}

function checksum(bytes) {
  const low = bytes.reduce((sum, byte) => sum + byte, 0) % 256;
  // Each byte counts once for itself and once for every byte behind it.
  const high = bytes.reduce((sum, byte, at) => sum + byte * (bytes.length - at), 0) % 256;
  return [low, high];
}

function encode(table, internal) {
  let groups = [];
  for (let rest = BigInt(table); rest > 0n; rest /= 128n) groups.push(Number(rest % 128n));
  groups = groups.map((group, at) => (at < groups.length - 1 ? group + 128 : group));
  const body = [...groups, ...internal];
  const bits = [...body, ...checksum(body)].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return (bits + "0000").match(/.{5}/g).slice(0, Math.ceil(bits.length / 5)).map((five) => DIGITS[parseInt(five, 2)]).join("");
}

// [table number, internal id in hexadecimal], or null for a text that is no id.
function decode(text) {
  if (text.length < 31 || text.length > 37) return null;
  const places = [...text].map((char) => (char.length === 1 ? DIGITS.indexOf(char) : -1));
  if (places.includes(-1)) return null;
  const { bytes, clean } = octets(places.map((place) => place.toString(2).padStart(5, "0")).join(""));
  const groups = bytes.findIndex((byte) => byte < 128) + 1;
  if (!clean || groups === 0 || groups > 5 || bytes.length !== groups + 18) return null;
  const table = bytes.slice(0, groups).reduce((sum, byte, at) => sum + (byte % 128) * 128 ** at, 0);
  if (table === 0 || table > 4294967295 || (groups > 1 && bytes[groups - 1] === 0)) return null;
  const body = bytes.slice(0, -2);
  if (`${checksum(body)}` !== `${bytes.slice(-2)}`) return null;
  return [table, Buffer.from(body.slice(groups)).toString("hex")];
}

// What `normalizeId` gives: today's form of an id of this table, of either older form too.
function normalize(text, table) {
  const known = decode(text);
  if (known !== null) return known[0] === table ? text : null;
  const old = ofBase64(text) ?? ofBase62(text);
  return old === null ? null : encode(table, old);
}

function ofBase64(text) {
  const bytes = Buffer.from(text, "base64url");
  return bytes.length === 16 && bytes.toString("base64url") === text ? [...bytes] : null;
}

// A one, 15 bytes, and the day; the 15 bytes were hashed down to 14.
function ofBase62(text) {
  if (!/^[0-9A-Za-z]{23,32}$/.test(text)) return null;
  let number = 0n;
  for (const char of [...text].reverse()) number = number * 62n + BigInt("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".indexOf(char));
  const digits = number.toString(16);
  const bytes = [...Buffer.from(digits.padStart(digits.length + (digits.length % 2), "0"), "hex")].slice(1);
  if (bytes.length !== 17) return null;
  const hashed = createHash("sha256").update(Buffer.from(bytes.slice(0, 15))).digest();
  return [...hashed.subarray(0, 14), ...bytes.slice(15)];
}

const judges = {
  encode: ([table, internal]) => encode(table, Buffer.from(internal, "hex")),
  decode,
  normalize: ([text, table]) => normalize(text, table),
};
const { judge, cases } = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(cases.map(judges[judge])));
