// Requests to the host. Those made within one turn travel together; answers are parsed once.
import { decode } from "./codec.js";
import { apply, ConvexError, Error, later, parse, Promise, RangeError } from "./primordials.js";

const LARGEST = 1 << 20;

let bridge;
let queue = [];

export function connect(hostBridge) {
  bridge = hostBridge;
}

// A host error must never be seen by the user's code, so anything unexpected becomes one of ours.
export function send(kind, text) {
  let answer;
  try {
    answer = bridge(kind, text);
  } catch {
    answer = undefined;
  }
  if (typeof answer !== "string") throw new RangeError("Maximum call stack size exceeded");
  return answer;
}

function flush() {
  const batch = queue;
  queue = [];
  for (let from = 0; from < batch.length;) {
    let text = "[" + batch[from].text;
    let to = from + 1;
    for (; to < batch.length && text.length + batch[to].text.length < LARGEST; to++) text += "," + batch[to].text;
    const answers = parse(send("ask", text + "]"));
    for (let i = from; i < to; i++) apply(batch[i].resolve, undefined, [answers[i - from]]);
    from = to;
  }
}

// The host takes no longer message than 4 MiB of UTF-8.
function checkSize(text) {
  if (text.length > LARGEST) throw new RangeError("What is asked of the database is too large (limit: 1 MiB)");
}

function unwrap(answer) {
  if (answer.error === undefined) return answer.ok;
  if (answer.data === undefined) throw new Error(answer.error);
  const error = new ConvexError(decode(answer.data));
  error.message = answer.error;
  throw error;
}

// `text` is the JSON of one request. The error is made here, so that its stack leads to the caller.
export async function request(text) {
  checkSize(text);
  const answer = await new Promise((resolve) => {
    if (queue.length === 0) later(() => later(flush));
    queue[queue.length] = { text, resolve };
  });
  return unwrap(answer);
}

export function requestNow(text) {
  checkSize(text);
  return unwrap(parse(send("ask", `[${text}]`))[0]);
}
