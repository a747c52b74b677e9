import type { EventEmitter } from "node:events";
import pg from "pg";

/** What of pg's connection this relies on; pg's version is pinned, and `contents.test.ts` fails when it changes. */
interface Connection extends EventEmitter {
  /** Has what comes from the server parsed, and emits an event for each message. */
  attachListeners(stream: Pick<EventEmitter, "on">): void;
}

/** Of pg's event `rowDescription`. */
interface Columns {
  readonly fields: readonly { format: "text" | "binary" }[];
}

// Message types (https://www.postgresql.org/docs/current/protocol-message-formats.html): a letter, then the length of
// what follows, which counts itself.
const rowDescription = 0x54;
const dataRow = 0x44;
const headSize = 5;

/** A value shorter than this, in bytes, is copied: a view of it would keep all that came with it in memory. */
const smallValue = 4096;

/**
 * A client that leaves binary columns of results as bytes. pg makes a string of every column, binary ones included, and
 * a body in hexadecimal takes a string of twice its length, which the garbage collector has to clear away.
 */
export class BinaryClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    const connection = (this as unknown as { connection: Connection }).connection;
    const attach = connection.attachListeners.bind(connection);
    connection.attachListeners = (stream) => {
      let parse: (bytes: Buffer) => void = () => {};
      attach({
        on(event, listener) {
          if (event === "data") parse = listener;
          else stream.on(event, listener);
          return connection;
        },
      });
      const rows = new BinaryRows(connection, parse);
      stream.on("data", (chunk: Buffer) => rows.push(chunk));
    };
  }
}

/** Takes rows with binary columns out of what the server sends, and passes everything else on to pg. */
class BinaryRows {
  readonly #connection: EventEmitter;
  readonly #parse: (bytes: Buffer) => void;
  /** Of the result that comes now; null where none is binary. */
  #binary: readonly boolean[] | null = null;
  /** A message of which more is to come: all its room, or that of its head. */
  #pending: Buffer | undefined;
  #pendingLength = 0;

  constructor(connection: EventEmitter, parse: (bytes: Buffer) => void) {
    this.#connection = connection;
    this.#parse = parse;
    connection.on("rowDescription", ({ fields }: Columns) => {
      const binary = fields.map(({ format }) => format === "binary");
      this.#binary = binary.includes(true) ? binary : null;
      // What is here as bytes already goes through the parsers of text, which leave it alone; pg would copy it.
      for (const field of fields) field.format = "text";
    });
  }

  push(chunk: Buffer): void {
    let at = this.#pending === undefined ? 0 : this.#fill(this.#pending, chunk, 0);
    // What is pg's, one message after the other, is passed on together.
    let passedOn = at;
    while (this.#pending === undefined && at < chunk.length) {
      const end = at + sizeAt(chunk, at, chunk.length);
      if (end > chunk.length) break;
      if (chunk[at] === dataRow && this.#binary !== null) {
        this.#passOn(chunk, passedOn, at);
        this.#row(chunk, at, this.#binary);
        passedOn = end;
      } else if (chunk[at] === rowDescription) {
        this.#passOn(chunk, passedOn, end);
        passedOn = end;
      }
      at = end;
    }
    this.#passOn(chunk, passedOn, at);
    if (at < chunk.length) {
      this.#pending = Buffer.allocUnsafeSlow(sizeAt(chunk, at, chunk.length));
      this.#pendingLength = chunk.copy(this.#pending, 0, at);
    }
  }

  /** Adds to the message that is not whole; returns where in the chunk the next one begins. */
  #fill(pending: Buffer, chunk: Buffer, from: number): number {
    const copied = chunk.copy(pending, this.#pendingLength, from);
    this.#pendingLength += copied;
    if (this.#pendingLength < pending.length) return from + copied;
    const size = sizeAt(pending, 0, pending.length);
    if (size > pending.length) {
      this.#pending = Buffer.allocUnsafeSlow(size);
      pending.copy(this.#pending);
      return this.#fill(this.#pending, chunk, from + copied);
    }
    this.#pending = undefined;
    if (pending[0] === dataRow && this.#binary !== null) this.#row(pending, 0, this.#binary);
    else this.#parse(pending);
    return from + copied;
  }

  #passOn(chunk: Buffer, from: number, to: number): void {
    if (to > from) this.#parse(from === 0 && to === chunk.length ? chunk : chunk.subarray(from, to));
  }

  /** Emits what pg would, with bytes where it would have a string of them. */
  #row(bytes: Buffer, start: number, binary: readonly boolean[]): void {
    let at = start + headSize + 2;
    const fields = binary.map((isBinary) => {
      const length = bytes.readInt32BE(at);
      at += 4;
      if (length < 0) return null;
      const value = bytes.subarray(at, at + length);
      at += length;
      if (!isBinary) return value.toString();
      return length < smallValue ? Buffer.from(value) : value;
    });
    const length = bytes.readUInt32BE(start + 1);
    this.#connection.emit("dataRow", { name: "dataRow", length, fieldCount: fields.length, fields });
  }
}

/** Size in bytes of the message that begins at `at`; just its head's while that isn't whole. */
function sizeAt(bytes: Buffer, at: number, end: number): number {
  return end - at < headSize ? headSize : 1 + bytes.readUInt32BE(at + 1);
}
