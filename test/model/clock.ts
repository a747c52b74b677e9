import type { Client } from "pg";

/**
 * Makes a function that moves time on for everything that is stored, by setting every time in the engine's tables back,
 * whatever tables and columns the migrations made. The database's clock goes on as it does, so a test counts in steps
 * far longer than it runs. Nodes keep their times: they beat by the real clock.
 * @returns takes how far, in ms
 */
export async function storedClock(client: () => Client): Promise<(ms: number) => Promise<void>> {
  const { rows } = await client().query<{ table_name: string; columns: string[] }>(
    `SELECT c.relname AS table_name, array_agg(a.attname::text) AS columns
     FROM pg_class c
     JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE n.nspname = 'warren' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
       AND a.atttypid = 'timestamptz'::regtype AND c.relname <> 'node'
     GROUP BY c.relname ORDER BY c.relname`,
  );
  const back = (column: string) => `"${column}" = "${column}" - interval '1 millisecond' * :ms`;
  const shift = rows
    .map(({ table_name, columns }) => `UPDATE warren."${table_name}" SET ${columns.map(back).join(", ")}`)
    .join("; ");
  return async (ms) => {
    await client().query(shift.replaceAll(":ms", String(Math.round(ms))));
  };
}

/** Nobody waits in the model test, so messages that may live for 0 ms need not lie there for those who do. */
export const endHandover = `
UPDATE warren.entry SET enqueued_at = enqueued_at - interval '1 minute', expires_at = expires_at - interval '1 minute'
WHERE expires_at <= enqueued_at`;
