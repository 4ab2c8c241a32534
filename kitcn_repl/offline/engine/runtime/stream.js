// A running query: rows pulled from the host in pages, through filters and limits, charged as they pass.
import { request } from "./channel.js";
import { decode, sizeOf } from "./codec.js";
import { compilePredicate } from "./expressions.js";
import { stringify } from "./primordials.js";
import { chargeDocument, chargeQuery } from "./transaction.js";

export class Stream {
  rowsRead = 0; // since the start, before filters
  document = null; // the one that `pull` found
  #open; // JSON text that opens the stream; null afterwards
  #id;
  #steps;
  #rows = [];
  #next = 0;
  #ascii = true;
  #more = true;
  #charged;

  constructor({ source, operators, component, page = "null" }) {
    this.#open = `{"op":"open","component":${stringify(component)},"source":${source},"page":${page}`;
    this.#charged = !source.includes('"tableName":"_') && !source.includes('"indexName":"_');
    this.#steps = operators.map((operator) =>
      operator.limit === undefined ? { test: compilePredicate(operator.filter), left: -1 } : { left: operator.limit }
    );
  }

  get id() {
    return this.#id;
  }

  // Whether a limit is used up, so that no more rows need to be read.
  #isSatisfied() {
    for (let i = 0; i < this.#steps.length; i++) if (this.#steps[i].left === 0) return true;
    return false;
  }

  #wanted() {
    const first = this.#steps[0];
    return first === undefined || first.left < 0 ? "null" : `${first.left}`;
  }

  async #load() {
    let answer;
    if (this.#open !== null) {
      chargeQuery();
      answer = await request(`${this.#open},"want":${this.#wanted()}}`);
      this.#open = null;
      this.#id = answer.stream;
    } else {
      answer = await request(`{"op":"next","stream":${this.#id},"want":${this.#wanted()}}`);
    }
    this.#rows = answer.special ? decode(answer.rows) : answer.rows;
    this.#ascii = answer.ascii;
    this.#more = answer.more;
    this.#next = 0;
  }

  // Whether a row is at hand without asking the host; false also at the end.
  get isBuffered() {
    return this.#next < this.#rows.length;
  }

  // Size of the row that is taken next.
  get nextSize() {
    return sizeOf(this.#rows[this.#next], this.#ascii);
  }

  // Makes a row available. False at the end. The stream is opened in any case, which tells of a wrong index.
  async fetch() {
    while (!this.isBuffered) {
      if (this.#open === null && (!this.#more || this.#isSatisfied())) return false;
      await this.#load();
    }
    return !this.#isSatisfied();
  }

  // Takes one buffered row; true if it passed all filters, and is then in `document`.
  pull() {
    const document = this.#rows[this.#next];
    this.#rows[this.#next++] = undefined; // what the query does not keep can be collected
    this.rowsRead++;
    if (this.#charged) chargeDocument(document, this.#ascii);
    for (let i = 0; i < this.#steps.length; i++) {
      const step = this.#steps[i];
      if (step.left > 0) step.left--;
      else if (!step.test(document)) return false;
    }
    this.document = document;
    return true;
  }

  // The next document, or undefined at the end.
  async next() {
    while (await this.fetch()) if (this.pull()) return this.document;
    return undefined;
  }

  async collect() {
    const out = [];
    while (await this.fetch()) {
      do {
        if (this.pull()) out[out.length] = this.document;
      } while (this.isBuffered && !this.#isSatisfied());
    }
    return out;
  }
}
