import type { Queryable } from "@/lib/engine/statement";

export interface EventRow {
  id: number;
  at: Date;
  kind: string;
  action: string;
  vhost: string | null;
  name: string;
  detail: Record<string, unknown> | null;
}

/** Where things stand: the newest event, the clock, and when the last of what has no events came. */
export interface MarksRow {
  last_event: number;
  /** The last event before those of the last ten seconds; null when there are none of these. */
  last_before_recent: number | null;
  topology_version: number;
  /** Milliseconds since 1970, all of them; null where there is nothing yet. */
  now: number;
  sampled_at: number | null;
  connection: number | null;
  channel: number | null;
  consumer: number | null;
}

/** Times by which changes are found, and the number of the last event, in one snapshot. */
export async function eventMarks(db: Queryable): Promise<MarksRow> {
  const [row] = await db.query<MarksRow>({ name: "event_marks", text: marks });
  if (!row) throw new Error("warren.topology has no row");
  return row;
}

/** Events after `id` up to `last`, in their order, at most `limit`. */
export async function eventList(db: Queryable, id: number, last: number, limit: number): Promise<EventRow[]> {
  return db.query<EventRow>(
    {
      name: "event_list",
      text: `SELECT id, at, kind, action, vhost, name, detail FROM warren.event
             WHERE id > $1 AND id <= $2 ORDER BY id LIMIT $3`,
    },
    [id, last, limit],
  );
}

/**
 * Tells live pages of something, in the transaction that does it. To be called last in it: other writers of events wait
 * from here to the commit. Kind and action are one word each (`job`, `paused`); `detail` goes to whoever may see the
 * vhost, so it holds no bodies and no secrets.
 */
export async function eventAppend(
  tx: Queryable,
  event: Pick<EventRow, "kind" | "action" | "vhost" | "name"> & { readonly detail?: Readonly<Record<string, unknown>> },
): Promise<void> {
  const { kind, action, vhost, name, detail } = event;
  await tx.query({ name: "event_append", text: "SELECT warren.event_append($1, $2, $3, $4, $5::jsonb)" }, [
    ...[kind, action, vhost, name],
    detail === undefined ? null : JSON.stringify(detail),
  ]);
}

/** Forgets events that are older than this, but for the newest: its number is the position of whoever has read all. */
export async function eventExpire(db: Queryable, olderThanMs: number): Promise<void> {
  await db.query(
    {
      name: "event_expire",
      text: "DELETE FROM warren.event WHERE at < now() - $1 * interval '1 ms' AND id < (SELECT max(id) FROM warren.event)",
    },
    [olderThanMs],
  );
}

const inMs = (time: string) => `(extract(epoch FROM ${time}) * 1000)::float8`;

const marks = `
SELECT t.version AS topology_version, coalesce((SELECT max(id) FROM warren.event), 0) AS last_event,
  (SELECT min(id) - 1 FROM warren.event WHERE at > statement_timestamp() - interval '10 s') AS last_before_recent,
  ${inMs("statement_timestamp()")} AS now, ${inMs("(SELECT max(at) FROM warren.vhost_sample)")} AS sampled_at,
  ${["connection", "channel", "consumer"]
    .map((table) => `${inMs(`(SELECT max(reported_at) FROM warren.${table})`)} AS ${table}`)
    .join(", ")}
FROM warren.topology t`;
