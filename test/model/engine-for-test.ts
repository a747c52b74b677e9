import { Client } from "pg";
import type { Broker } from "@/lib/broker/broker";
import { expiredMessages } from "@/lib/engine/duties/expiry";
import { delayedMessages, expiredLeases } from "@/lib/engine/duties/leases";
import { foldCounters } from "@/lib/engine/duties/statistics";
import { createEngine } from "@/lib/engine/engine";
import { startNode } from "@/lib/engine/node";
import { createTestDatabase } from "@/test/support/database";

export interface EngineForTest {
  readonly broker: Broker;
  /**
   * Moves time on for everything that is stored, by setting every time in the engine's tables back. The database's
   * clock goes on as it does, so a test counts in steps far longer than it runs.
   */
  shift(ms: number): Promise<void>;
  /** Does what the duties do for messages, until nothing is left to do, and folds the counters. */
  runDuties(): Promise<void>;
  /** What the engine would have logged: failures that nobody waited for. */
  readonly errors: readonly unknown[];
  close(): Promise<void>;
}

/**
 * An engine on a database of its own.
 * @param options.duties whether the duties run by themselves, as in production, or only by `runDuties`
 */
export async function engineForTest(options: { readonly duties: boolean }): Promise<EngineForTest> {
  const database = await createTestDatabase();
  const errors: unknown[] = [];
  const log = { error: (_message: string, error: unknown) => void errors.push(error) };
  const engine = createEngine({ databaseUrl: database.url, applicationName: "model test", log });
  const node = options.duties ? startNode(engine.context, { name: "test", kind: "broker", version: "0" }) : undefined;
  const client = new Client({ connectionString: database.url });
  await client.connect();
  const running = new AbortController();
  const shift = await shiftStatement(client);
  return {
    broker: engine.broker,
    errors,
    shift: async (ms) => {
      await client.query(shift.replaceAll(":ms", String(Math.round(ms))));
    },
    runDuties: async () => {
      // Nobody waits here, so messages that may live for 0 ms need not lie there for those who do.
      await client.query(endHandover);
      // What one of them brings about may be another's to go on with: a lease ends, and then the message expires.
      for (const duty of [expiredLeases, delayedMessages, expiredMessages, expiredMessages]) {
        while (await duty.run(engine.context, running.signal));
      }
      await foldCounters(engine.context);
    },
    close: async () => {
      await node?.stop();
      await engine.close();
      await client.end();
      await database.drop();
    },
  };
}

const endHandover = `
UPDATE warren.entry SET enqueued_at = enqueued_at - interval '1 minute', expires_at = expires_at - interval '1 minute'
WHERE expires_at <= enqueued_at`;

/** Sets all times back, in whatever tables and columns the migration made; `:ms` stands for by how much. */
async function shiftStatement(client: Client): Promise<string> {
  const { rows } = await client.query<{ table_name: string; columns: string[] }>(
    `SELECT c.relname AS table_name, array_agg(a.attname::text) AS columns
     FROM pg_class c
     JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE n.nspname = 'warren' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
       AND a.atttypid = 'timestamptz'::regtype AND c.relname <> 'node'
     GROUP BY c.relname ORDER BY c.relname`,
  );
  const back = (column: string) => `"${column}" = "${column}" - interval '1 millisecond' * :ms`;
  return rows
    .map(({ table_name, columns }) => `UPDATE warren."${table_name}" SET ${columns.map(back).join(", ")}`)
    .join("; ");
}
