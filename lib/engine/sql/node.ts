import type { NodeFacts } from "@/lib/broker/node-facts";
import type { Queryable } from "@/lib/engine/statement";

export interface NodeIdentity {
  readonly name: string;
  readonly kind: "web" | "broker";
  readonly version: string;
}

/** Enters a process into the list of those that run; returns its number. */
export async function insertNode(db: Queryable, node: NodeIdentity, facts: NodeFacts): Promise<number> {
  const [row] = await db.query<{ id: number }>(
    { text: "INSERT INTO warren.node (name, kind, version, facts) VALUES ($1, $2, $3, $4) RETURNING id" },
    [node.name, node.kind, node.version, JSON.stringify(facts)],
  );
  if (!row) throw new Error("the node was not entered");
  return row.id;
}

/**
 * Says that it still runs, and how it is. Undefined when it was given up for lost or its row is gone, so that it has to register anew; `wasAway` when it was not
 * seen for so long that others may have cleaned up after it.
 */
export async function touchNode(
  db: Queryable,
  id: number,
  facts: NodeFacts,
): Promise<{ id: number; wasAway: boolean } | undefined> {
  const values = [id, JSON.stringify(facts)];
  const [row] = await db.query<{ id: number; was_away: boolean }>({ name: "node_touch", text: touch }, values);
  return row && { id: row.id, wasAway: row.was_away };
}

/** Takes a process that ends in good order off the list. */
export async function deleteNode(db: Queryable, id: number): Promise<void> {
  await db.query({ text: "DELETE FROM warren.node WHERE id = $1" }, [id]);
}

/** When a node was last seen, as text that only changes with the next beat. */
export interface Beat {
  readonly id: number;
  readonly beat: string;
  /** It was given up for lost. */
  readonly gone: boolean;
}

/** The latest beat of each node, and the nodes that were given up within the last hour. */
export async function listBeats(db: Queryable): Promise<Beat[]> {
  return db.query({ name: "node_beats", text: beats });
}

/** Gives nodes up for lost, unless they have been seen since these beats. Returns those that are lost. */
export async function giveUpNodes(db: Queryable, beats: readonly Beat[]): Promise<number[]> {
  const rows = await db.query<{ id: number }>({ text: giveUp }, [
    beats.map(({ id }) => id),
    beats.map(({ beat }) => beat),
  ]);
  return rows.map(({ id }) => id);
}

/** By what Postgres shows of it the connection of a leading node can be told. */
export function leaderName(id: number | null): string {
  return `warren leader ${id ?? ""}`.trimEnd();
}

/** Ends the connections by which these nodes lead, so that another can. */
export async function endLeadership(db: Queryable, ids: readonly number[]): Promise<void> {
  await db.query({ text: end }, [ids.map(leaderName)]);
}

const beats = `
SELECT id, last_seen_at::text AS beat, gone_at IS NOT NULL AS gone FROM warren.node
WHERE gone_at IS NULL OR gone_at > now() - interval '1 hour'`;

const end = `
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user AND application_name = ANY ($1::text[])`;

const giveUp = `
UPDATE warren.node n SET gone_at = now()
FROM unnest($1::int[], $2::text[]) AS lost (id, beat)
WHERE n.id = lost.id AND n.last_seen_at::text = lost.beat AND n.gone_at IS NULL
RETURNING n.id`;

const touch = `
WITH before AS (SELECT id, last_seen_at FROM warren.node WHERE id = $1 AND gone_at IS NULL)
UPDATE warren.node n SET last_seen_at = now(), facts = $2 FROM before WHERE n.id = before.id
RETURNING n.id, before.last_seen_at < now() - interval '20 s' AS was_away`;
