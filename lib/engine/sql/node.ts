import type { Queryable } from "@/lib/engine/statement";

export interface NodeIdentity {
  readonly name: string;
  readonly kind: "web" | "broker";
  readonly version: string;
}

/** Enters a process into the list of those that run; returns its number. */
export async function insertNode(db: Queryable, node: NodeIdentity): Promise<number> {
  const [row] = await db.query<{ id: number }>(
    { text: "INSERT INTO warren.node (name, kind, version) VALUES ($1, $2, $3) RETURNING id" },
    [node.name, node.kind, node.version],
  );
  if (!row) throw new Error("the node was not entered");
  return row.id;
}

/** Says that it still runs. False when its row is gone, so that it has to register anew. */
export async function touchNode(db: Queryable, id: number): Promise<boolean> {
  const rows = await db.query(
    { name: "node_touch", text: "UPDATE warren.node SET last_seen_at = now() WHERE id = $1 RETURNING id" },
    [id],
  );
  return rows.length > 0;
}

/** Takes a process that ends in good order off the list. */
export async function deleteNode(db: Queryable, id: number): Promise<void> {
  await db.query({ text: "DELETE FROM warren.node WHERE id = $1" }, [id]);
}
