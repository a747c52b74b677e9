import { notFound } from "@/lib/broker/errors";
import type { EngineContext } from "@/lib/engine/context";
import { sourcesOf } from "@/lib/engine/sql/binding";
import { deleteExchanges, unusedAutoDeleteExchanges } from "@/lib/engine/sql/exchange";
import { bumpTopology, lockTopology } from "@/lib/engine/sql/topology";
import { findVhost } from "@/lib/engine/sql/vhost";
import type { Queryable } from "@/lib/engine/statement";

/** What a change came to: whether it wrote anything, so that every node must look again. */
export interface Changed<T> {
  readonly changed: boolean;
  readonly result: T;
}

/**
 * Runs a change of the topology: alone among such changes, and with the version moved on in the same transaction if
 * anything was written.
 */
export async function changeTopology<T>(
  context: EngineContext,
  work: (tx: Queryable) => Promise<Changed<T>>,
): Promise<T> {
  const { result, version } = await context.database.main.transaction(async (tx) => {
    await lockTopology(tx);
    const { changed, result } = await work(tx);
    return { result, version: changed ? await bumpTopology(tx) : null };
  });
  if (version !== null) context.topology.changed(version);
  return result;
}

/** Throws `not-found`. */
export async function mustFindVhost(db: Queryable, name: string): Promise<number> {
  const id = await findVhost(db, name);
  if (id === undefined) throw notFound("vhost", name);
  return id;
}

/** Deletes exchanges, and the auto-delete exchanges that were only used through bindings to them, and so on. */
export async function deleteExchangesAndUnused(tx: Queryable, exchangeIds: readonly number[]): Promise<void> {
  let ids = exchangeIds;
  while (ids.length > 0) {
    const sources = await sourcesOf(tx, { queueIds: [], exchangeIds: ids });
    await deleteExchanges(tx, ids);
    ids = await unusedAutoDeleteExchanges(tx, sources);
  }
}
