// Requests to the host. Those made within one turn travel together; answers are parsed once.
import { decode } from "./codec.js";
import { apply, ConvexError, Error, later, parse, Promise, RangeError } from "./primordials.js";

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
  let text = "[";
  for (let i = 0; i < batch.length; i++) text += i === 0 ? batch[i].text : "," + batch[i].text;
  const answers = parse(send("ask", text + "]"));
  for (let i = 0; i < batch.length; i++) apply(batch[i].resolve, undefined, [answers[i]]);
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
  const answer = await new Promise((resolve) => {
    if (queue.length === 0) later(() => later(flush));
    queue[queue.length] = { text, resolve };
  });
  return unwrap(answer);
}

export const requestNow = (text) => unwrap(parse(send("ask", `[${text}]`))[0]);
