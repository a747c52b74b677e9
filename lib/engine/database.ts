import pg from "pg";
import { ConnectionPool } from "@/lib/engine/connection-pool";

export interface DatabaseOptions {
  /** A `postgres://` address. */
  readonly url: string;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  /** Receives what went wrong on idle connections; nobody waits for those. */
  readonly onError?: (error: Error) => void;
  /** Called whenever a connection has broken: the database may have crashed, and with it what was not yet on its disk. */
  readonly onLost?: () => void;
}

/** Settings for the statements of the hot path: their plans are known, and must not change with the statistics. */
const knownPlans =
  "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_hashjoin = off; " +
  "SET enable_mergejoin = off; SET enable_bitmapscan = off; ";

/** A holder of locks that has stopped answering must not stop the others for ever. */
const guards =
  "SET jit = off; SET idle_in_transaction_session_timeout = '30s'; SET default_transaction_isolation = 'read committed'; ";

/**
 * The engine's connections to Postgres.
 *
 * - `main`: everything that is not on the hot path; the planner decides.
 * - `durable`: publishing persistent messages and settling; commits wait for the disk.
 * - `relaxed`: leasing, transient messages, notifications, housekeeping; a crash of Postgres (not of a node) may take
 *   back the last fraction of a second, which costs nothing but a second delivery.
 */
export class Database {
  readonly main: ConnectionPool;
  readonly durable: ConnectionPool;
  readonly relaxed: ConnectionPool;
  readonly #options: DatabaseOptions;

  constructor(options: DatabaseOptions) {
    this.#options = options;
    this.main = new ConnectionPool({ ...options, max: 5, setup: guards });
    this.durable = new ConnectionPool({ ...options, max: 4, setup: guards + knownPlans });
    this.relaxed = new ConnectionPool({
      ...options,
      max: 4,
      setup: `${guards + knownPlans}SET synchronous_commit = off;`,
    });
  }

  /** A connection of its own, not yet connected, for LISTEN. The caller ends it. */
  dedicatedClient(): pg.Client {
    return new pg.Client({
      connectionString: this.#options.url,
      application_name: this.#options.applicationName,
      keepAlive: true,
      connectionTimeoutMillis: 10_000,
    });
  }

  async close(): Promise<void> {
    await Promise.all([this.main.close(), this.durable.close(), this.relaxed.close()]);
  }
}
