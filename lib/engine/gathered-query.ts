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

/** Of a message Bind (https://www.postgresql.org/docs/current/protocol-message-formats.html): type, then length. */
const bindType = 0x42;
const lengthAt = 1;
/** What stands behind the last parameter: how many result formats there are, and the one. */
const tailSize = 4;

/**
 * A statement whose last parameter is sent from where it lies. pg would copy it into a buffer of its own, which is made
 * for this one message and grows on the way: with large bodies Node's garbage collector did little else than follow that.
 */
export class GatheredQuery extends PreparedQuery {
  readonly #last: ByteParts;

  constructor(config: pg.QueryConfig, last: ByteParts, callback: Callback) {
    super({ ...config, values: [...(config.values ?? []), Buffer.alloc(0)] }, callback);
    this.#last = last;
  }

  /** Called by pg, between cork and uncork of the connection's stream. */
  override prepare(connection: Connection): void {
    const send = (bytes: Uint8Array) => {
      if (bytes[0] !== bindType) return connection._send(bytes);
      return this.#sendBind(connection, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
    };
    super.prepare(Object.create(connection, { _send: { value: send } }));
  }

  /** Sends a Bind whose last parameter is empty, with the parts in its place. */
  #sendBind(connection: Connection, bind: Buffer): boolean {
    const { parts, length } = this.#last;
    const tailAt = bind.length - tailSize;
    bind.writeInt32BE(bind.readInt32BE(lengthAt) + length, lengthAt);
    bind.writeInt32BE(length, tailAt - 4);
    connection._send(bind.subarray(0, tailAt));
    for (const part of parts) connection._send(part);
    return connection._send(bind.subarray(tailAt));
  }
}

/** Sends it over the client and resolves with the result. */
export function sendGathered(client: pg.ClientBase, config: pg.QueryConfig, last: ByteParts): Promise<pg.QueryResult> {
  return new Promise((resolve, reject) => {
    client.query(new GatheredQuery(config, last, (error, result) => (error ? reject(error) : resolve(result))));
  });
}
