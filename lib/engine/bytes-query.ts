import pg from "pg";
import type { ByteParts } from "@/lib/engine/byte-parts";

/** What of pg's connection a query writes to. */
interface Connection {
  _send(bytes: Uint8Array): boolean;
}

type Callback = (error: Error | null, result: pg.QueryResult) => void;

/** pg's own class; its types leave out the step in which a prepared statement is written. */
const PreparedQuery = pg.Query as unknown as new (
  config: pg.QueryConfig,
  callback: Callback,
) => pg.Query & { prepare(connection: Connection): void };

/** What passes through a statement as bytes. */
export interface StatementBytes {
  /** The last parameter, which is sent from where it lies; undefined: as the others. */
  readonly last: ByteParts | undefined;
  /** For each column of the result whether it comes as bytes; undefined: none. */
  readonly columns: readonly boolean[] | undefined;
}

/** Of a message Bind (https://www.postgresql.org/docs/current/protocol-message-formats.html): type, then length. */
const bindType = 0x42;
const lengthAt = 1;
/** What stands behind the last parameter: how many result formats there are, and the one. */
const tailSize = 4;

/**
 * A statement with large parameters or results. Its last parameter is sent from where it lies: pg would copy it into a
 * buffer of its own, which is made for this one message and grows on the way; with large bodies Node's garbage collector
 * did little else than follow that. And its columns can be asked for as bytes, each by itself: see `BinaryClient`.
 */
class BytesQuery extends PreparedQuery {
  readonly #bytes: StatementBytes;

  constructor(config: pg.QueryConfig, bytes: StatementBytes, callback: Callback) {
    super(bytes.last ? { ...config, values: [...(config.values ?? []), Buffer.alloc(0)] } : config, callback);
    this.#bytes = bytes;
  }

  /** Called by pg, between cork and uncork of the connection's stream. */
  override prepare(connection: Connection): void {
    const send = (bytes: Uint8Array) => {
      if (bytes[0] !== bindType) return connection._send(bytes);
      return this.#sendBind(connection, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
    };
    super.prepare(Object.create(connection, { _send: { value: send } }));
  }

  /** Sends a Bind whose last parameter is empty, with the parts in its place, and with other result formats. */
  #sendBind(connection: Connection, bind: Buffer): boolean {
    const { last, columns } = this.#bytes;
    const tailAt = bind.length - tailSize;
    const tail = columns === undefined ? bind.subarray(tailAt) : formats(columns);
    const size = bind.readInt32BE(lengthAt) + (last?.length ?? 0) + tail.length - tailSize;
    bind.writeInt32BE(size, lengthAt);
    if (last) bind.writeInt32BE(last.length, tailAt - 4);
    connection._send(bind.subarray(0, tailAt));
    for (const part of last?.parts ?? []) connection._send(part);
    return connection._send(tail);
  }
}

/** How many there are, and for each 0 for text and 1 for binary. */
function formats(columns: readonly boolean[]): Buffer {
  const bytes = Buffer.alloc(2 + 2 * columns.length);
  bytes.writeInt16BE(columns.length);
  for (const [index, binary] of columns.entries()) bytes.writeInt16BE(binary ? 1 : 0, 2 + 2 * index);
  return bytes;
}

/** Sends it over the client and resolves with the result. */
export function sendBytes(
  client: pg.ClientBase,
  config: pg.QueryConfig,
  bytes: StatementBytes,
): Promise<pg.QueryResult> {
  return new Promise((resolve, reject) => {
    client.query(new BytesQuery(config, bytes, (error, result) => (error ? reject(error) : resolve(result))));
  });
}
