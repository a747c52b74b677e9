import type { Queryable } from "@/lib/engine/statement";

/** `now` is JSON text: a list of rows with the columns of the table and `report`; `gone` are keys. */
interface TableChanges {
  readonly now: string;
  readonly gone: readonly string[];
}

/** Condition on a row of warren.node that is called n: it was seen lately, and was not given up. */
export const isRunning = "n.gone_at IS NULL AND n.last_seen_at > now() - interval '10 s'";

/** Stores what a node reports of its doors, in one statement. */
export async function presenceReport(
  db: Queryable,
  nodeId: number,
  connections: TableChanges,
  channels: TableChanges,
  consumers: TableChanges,
): Promise<void> {
  await db.query({ name: "presence_report", text: report }, [
    nodeId,
    ...[connections, channels, consumers].flatMap(({ now, gone }) => [now, gone]),
  ]);
}

interface ReportRow {
  node: string;
  report: unknown;
}

/** Connections of nodes that run, by name; of all vhosts with null. */
export async function connectionList(db: Queryable, vhost: string | null): Promise<ReportRow[]> {
  return db.query<ReportRow>({ name: "connection_list", text: listOf("connection", "vhost") }, [vhost]);
}

/** What was last reported of a connection; undefined when it is not there. */
export async function connectionByName(db: Queryable, name: string): Promise<ReportRow | undefined> {
  const [row] = await db.query<ReportRow>({ name: "connection_by_name", text: listOf("connection", "name") }, [name]);
  return row;
}

/** What was last reported of channels: of all, of a vhost, or of a connection. */
export async function channelList(
  db: Queryable,
  vhost: string | null,
  connection: string | null,
): Promise<ReportRow[]> {
  return db.query<ReportRow>({ name: "channel_list", text: listOf("channel", "vhost", "connection") }, [
    vhost,
    connection,
  ]);
}

/** What was last reported of consumers: of all, of a vhost, or of a queue. */
export async function consumerList(db: Queryable, vhost: string | null, queue: string | null): Promise<ReportRow[]> {
  return db.query<ReportRow>({ name: "consumer_list", text: listOf("consumer", "vhost", "queue") }, [vhost, queue]);
}

/** Asks the nodes that have a connection of this name to close it, and tells them. Returns how many were asked. */
export async function connectionCloseAsk(db: Queryable, name: string, reason: string, by: string): Promise<number> {
  const [row] = await db.query<{ n: number }>({ name: "connection_close_ask", text: askClose }, [name, reason, by]);
  return row?.n ?? 0;
}

/** Takes out what a node was asked to close. */
export async function connectionCloseTake(db: Queryable, nodeId: number): Promise<{ key: string; reason: string }[]> {
  return db.query(
    {
      name: "connection_close_take",
      text: "DELETE FROM warren.connection_close WHERE node_id = $1 RETURNING key, reason",
    },
    [nodeId],
  );
}

/** Deletes what nodes reported that have not been seen for half a minute. */
export async function presenceExpire(db: Queryable): Promise<void> {
  const dead = "SELECT id FROM warren.node WHERE last_seen_at < now() - interval '30 s'";
  for (const table of ["connection", "channel", "consumer", "connection_close"]) {
    await db.query({
      name: `presence_expire_${table}`,
      text: `DELETE FROM warren.${table} WHERE node_id IN (${dead})`,
    });
  }
}

/** Consumers of each queue, and how many of them have no room: a subquery with vhost, queue, consumers, full. */
export const consumersByQueue = `
  SELECT c.vhost, c.queue, count(*) AS consumers, count(*) FILTER (WHERE c."full") AS "full"
  FROM warren.consumer c JOIN warren.node n ON n.id = c.node_id AND ${isRunning}
  GROUP BY c.vhost, c.queue`;

function listOf(table: string, ...filters: string[]): string {
  const conditions = filters.map((column, i) => `($${i + 1}::text IS NULL OR t.${column} = $${i + 1})`);
  return `
SELECT n.name AS node, t.report FROM warren.${table} t JOIN warren.node n ON n.id = t.node_id AND ${isRunning}
WHERE ${conditions.join(" AND ")} ORDER BY t.vhost, n.id, t.key`;
}

const tables = {
  connection: "name text, vhost text",
  channel: "connection text, vhost text",
  consumer: 'vhost text, queue text, "full" boolean',
};

const report = `WITH ${Object.entries(tables)
  .map(([table, typed], index) => {
    const columns = typed.split(", ").map((column) => column.split(" ")[0]);
    const [now, gone] = [2 + 2 * index, 3 + 2 * index];
    return `
${table}_now AS (
  INSERT INTO warren.${table} (node_id, key, ${columns.join(", ")}, report)
  SELECT $1, r.key, ${columns.map((column) => `r.${column}`).join(", ")}, r.report
  FROM jsonb_to_recordset($${now}::jsonb) AS r (key text, ${typed}, report jsonb)
  ON CONFLICT (node_id, key) DO UPDATE SET report = excluded.report, reported_at = now()${table === "consumer" ? ', "full" = excluded."full"' : ""}
), ${table}_gone AS (
  DELETE FROM warren.${table} WHERE node_id = $1 AND key = ANY ($${gone}::text[])
)`;
  })
  .join(",")}
SELECT 1`;

const askClose = `
WITH asked AS (
  INSERT INTO warren.connection_close (node_id, key, reason, asked_by)
  SELECT c.node_id, c.key, $2, $3 FROM warren.connection c JOIN warren.node n ON n.id = c.node_id AND ${isRunning}
  WHERE c.name = $1 RETURNING node_id
), told AS (
  SELECT pg_notify('warren', 'close ' || node_id) FROM asked
)
SELECT count(*)::integer AS n FROM told`;
