import type { Queryable } from "@/lib/engine/statement";

/** A message that is stored, whether or not a queue still has it. */
export interface RetainedRow {
  id: number;
  exchange: string;
  routing_key: string;
  properties: Buffer;
  published_at: Date;
  published_by: string | null;
  bytes: number;
  body: Buffer;
}

/** What was passed on the way: `wanted` ones are of the vhost, the exchange and the time. */
export interface PassedRow {
  id: number;
  bytes: number;
  published_at: Date;
  wanted: boolean;
}

/** The next messages by their numbers, of all vhosts. */
export async function retainedScan(
  db: Queryable,
  scan: {
    readonly vhostId: number;
    readonly exchange: string | null;
    readonly since: Date | null;
    readonly until: Date | null;
    readonly after: number;
    readonly bound: number;
    readonly limit: number;
  },
): Promise<PassedRow[]> {
  return db.query<PassedRow>({ name: "retained_scan", text: passing }, [
    scan.vhostId,
    scan.exchange,
    scan.since,
    scan.until,
    scan.after,
    scan.bound,
    scan.limit,
  ]);
}

/** These messages, in their order; those that are no longer retained are left out. @param bodyLimit bytes of each body */
export async function retainedRead(db: Queryable, ids: readonly number[], bodyLimit: number): Promise<RetainedRow[]> {
  return db.query<RetainedRow>({ name: "retained_read", text: read }, [ids, bodyLimit]);
}

/** The first number that is not smaller than the given one, and when it was published. */
export async function retainedFrom(db: Queryable, id: number): Promise<{ id: number; published_at: Date } | undefined> {
  const [row] = await db.query<{ id: number; published_at: Date }>(
    {
      name: "retained_from",
      text: "SELECT id, published_at FROM warren.message WHERE id >= $1::bigint ORDER BY id LIMIT 1",
    },
    [id],
  );
  return row;
}

const passing = `
SELECT m.id, octet_length(m.body) AS bytes, m.published_at,
  m.vhost_id = $1::int AND ($2::text IS NULL OR m.exchange = $2)
    AND ($3::timestamptz IS NULL OR m.published_at >= $3) AND ($4::timestamptz IS NULL OR m.published_at < $4) AS wanted
FROM warren.message m WHERE m.id > $5::bigint AND m.id <= $6::bigint ORDER BY m.id LIMIT $7::int`;

const read = `
SELECT m.id, m.exchange, m.routing_key, m.properties, m.published_at, m.published_by, octet_length(m.body) AS bytes,
  substring(m.body FROM 1 FOR $2::int) AS body
FROM unnest($1::bigint[]) WITH ORDINALITY AS k (id, ord)
CROSS JOIN LATERAL (SELECT n.* FROM warren.message n WHERE n.id = k.id LIMIT 1) m
ORDER BY k.ord`;
