import pg from "pg";
import { BinaryClient } from "@/lib/engine/binary-rows";
import { ByteParts } from "@/lib/engine/byte-parts";
import { sendBytes } from "@/lib/engine/bytes-query";
import { asBrokerError, isConnectionTrouble, isRetryable } from "@/lib/engine/database-errors";
import type { Queryable, Statement } from "@/lib/engine/statement";

/** How often a transaction that lost a deadlock or a serialisation race is tried in all. */
const attempts = 5;

const begin: Statement = { text: "BEGIN" };
const rollback: Statement = { text: "ROLLBACK" };

const bytea = 17;
const int8 = 20;
const int8Array = 1016;
const timestamptz = 1184;

/** All 64-bit numbers of the engine stay below 2^53, so they are numbers in JavaScript. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: "text" | "binary") => {
    if (oid === int8) return Number;
    if (oid === int8Array) return numbers;
    if (oid === timestamptz) return date;
    if (oid === bytea) return bytes;
    return pg.types.getTypeParser(oid, format as "text");
  }) as typeof pg.types.getTypeParser,
};

export interface ConnectionPoolOptions {
  readonly url: string;
  readonly applicationName: string;
  readonly max: number;
  /** Statements that each new connection begins with. */
  readonly setup: string;
  readonly onError?: (error: Error) => void;
  /** Called whenever a connection has broken, idle or not. */
  readonly onLost?: () => void;
}

/**
 * A pool of connections. Every failure comes out as a `BrokerError`: `unavailable` when the database is away, `internal`
 * for what should not happen; those that callbacks throw pass through.
 */
export class ConnectionPool implements Queryable {
  readonly #pool: pg.Pool;
  readonly #onLost: () => void;
  #closed: Promise<void> | undefined;

  constructor(options: ConnectionPoolOptions) {
    // Statements are written without waiting for the answers to those before, so a transaction is one round trip.
    const config: pg.PoolConfig & { pipeline: boolean } = {
      connectionString: options.url,
      application_name: options.applicationName,
      max: options.max,
      pipeline: true,
      keepAlive: true,
      connectionTimeoutMillis: 10_000,
      idleTimeoutMillis: 60_000,
      types,
      onConnect: async (client) => {
        await client.query(options.setup);
      },
    };
    this.#pool = new pg.Pool({ ...config, Client: BinaryClient });
    this.#onLost = options.onLost ?? (() => {});
    this.#pool.on("error", (error) => {
      this.#onLost();
      options.onError?.(error);
    });
  }

  /** Runs one statement, which commits by itself. */
  async query<Row>(statement: Statement, values?: readonly unknown[]): Promise<Row[]> {
    return this.#retrying(() => this.#withClient((client) => send<Row>(client, statement, values)));
  }

  /**
   * Runs statements that don't depend on each other's answers as one transaction and one round trip.
   * @returns the rows of each statement, in their order
   */
  async pipeline(steps: readonly (readonly [Statement, readonly unknown[]])[]): Promise<unknown[][]> {
    return this.#retrying(() =>
      this.#withClient(async (client) => {
        const sent = [send(client, begin), ...steps.map(([statement, values]) => send(client, statement, values))];
        // If a step fails, Postgres refuses the rest, and COMMIT rolls back; the first failure is the cause.
        const [, ...results] = await allOrFirstFailure([...sent, commitOn(client)]);
        return results.slice(0, steps.length) as unknown[][];
      }),
    );
  }

  /**
   * Runs `work` in a transaction and commits it; rolls back when it throws. `work` may run more than once: it is tried
   * again when Postgres asks for it (deadlock, serialisation failure), so it must not change anything else.
   */
  async transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T> {
    return this.#retrying(() =>
      this.#withClient(async (client) => {
        const began = send(client, begin);
        try {
          const [result] = await allOrFirstFailure([
            work({ query: (statement, values) => send(client, statement, values) }),
            began,
          ] as const);
          await commitOn(client);
          return result;
        } catch (error) {
          // When this fails too, the connection is broken and is not used again.
          await send(client, rollback).catch(() => {});
          throw error;
        }
      }),
    );
  }

  /** Lets running statements end and closes the connections. May be called twice. */
  close(): Promise<void> {
    this.#closed ??= this.#pool.end();
    return this.#closed;
  }

  async #retrying<T>(run: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await run();
      } catch (error) {
        if (!isRetryable(error) || attempt === attempts) throw asBrokerError(error);
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 10 * attempt));
      }
    }
  }

  async #withClient<T>(use: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    let broken: Error | undefined;
    const onError = (error: Error) => {
      broken = error;
    };
    client.on("error", onError);
    try {
      return await use(client);
    } catch (error) {
      if (isConnectionTrouble(error)) broken = error as Error;
      if (broken) this.#onLost();
      throw error;
    } finally {
      client.off("error", onError);
      client.release(broken);
    }
  }
}

async function send<Row>(client: pg.PoolClient, statement: Statement, values?: readonly unknown[]): Promise<Row[]> {
  const config = { text: statement.text, ...(statement.name !== undefined && { name: statement.name }) };
  const end = values?.at(-1);
  const last = end instanceof ByteParts ? end : undefined;
  const columns = statement.binaryColumns;
  const query = {
    ...config,
    ...(values !== undefined && { values: (last ? values.slice(0, -1) : values) as unknown[] }),
  };
  const result = await (last || columns ? sendBytes(client, query, { last, columns }) : client.query(query));
  return result.rows as Row[];
}

/** Postgres answers COMMIT with ROLLBACK, and no error, when a statement before it failed. */
async function commitOn(client: pg.PoolClient): Promise<void> {
  const { command } = await client.query("COMMIT");
  if (command !== "COMMIT") throw new Error(`The transaction ended with ${command}.`);
}

/** Waits for all of them, so that none is left running, and then throws the first failure, if any. */
async function allOrFirstFailure<T extends readonly unknown[]>(
  promises: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const results = await Promise.allSettled(promises);
  const failure = results.find((result) => result.status === "rejected");
  if (failure) throw failure.reason;
  return results.map((result) => (result as PromiseFulfilledResult<unknown>).value) as {
    -readonly [K in keyof T]: Awaited<T[K]>;
  };
}

function numbers(text: string): number[] {
  return text === "{}" ? [] : text.slice(1, -1).split(",").map(Number);
}

const parseBytes: (text: string) => Buffer = pg.types.getTypeParser(bytea, "text");

/** Those of columns that were asked for as bytes are there already. */
function bytes(value: string | Buffer): Buffer {
  return typeof value === "string" ? parseBytes(value) : value;
}

const parseDate: (text: string) => Date = pg.types.getTypeParser(timestamptz, "text");
let lastDate = { text: "", date: new Date(0) };

/** The rows of one claim have the same time; it is parsed once. */
function date(text: string): Date {
  if (text !== lastDate.text) lastDate = { text, date: parseDate(text) };
  return lastDate.date;
}
