import { isRunning } from "@/lib/engine/sql/presence";
import type { Queryable } from "@/lib/engine/statement";

export interface ListenerRow {
  readonly node: string;
  readonly protocol: string;
  readonly address: string;
  readonly port: number;
  readonly certificate_until: Date | null;
}

/** Notes where a node listens, in place of what was noted before. */
export async function listenerReplace(
  db: Queryable,
  nodeId: number,
  listeners: readonly Omit<ListenerRow, "node">[],
): Promise<void> {
  await db.query({ name: "listener_replace", text: replace }, [nodeId, JSON.stringify(listeners)]);
}

/** Where the nodes that run listen. */
export async function listenerList(db: Queryable): Promise<ListenerRow[]> {
  return db.query({ name: "listener_list", text: list });
}

const replace = `
WITH given AS (
  SELECT g.* FROM jsonb_to_recordset($2::jsonb)
    AS g (protocol text, address text, port integer, certificate_until timestamptz)
), gone AS (
  DELETE FROM warren.listener l WHERE l.node_id = $1 AND (l.protocol, l.address, l.port) NOT IN (SELECT protocol, address, port FROM given)
)
INSERT INTO warren.listener (node_id, protocol, address, port, certificate_until)
SELECT $1, protocol, address, port, certificate_until FROM given
ON CONFLICT (node_id, protocol, address, port) DO UPDATE SET certificate_until = excluded.certificate_until`;

const list = `
SELECT n.name AS node, l.protocol, l.address, l.port, l.certificate_until
FROM warren.listener l JOIN warren.node n ON n.id = l.node_id AND ${isRunning}
ORDER BY n.id, l.protocol, l.address, l.port`;
