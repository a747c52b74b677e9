import type { Selection } from "@/lib/broker/requests";
import type { EngineContext } from "@/lib/engine/context";
import { type Tally, why } from "@/lib/engine/move/tally";
import { beginReading, entryLastSeq } from "@/lib/engine/sql/entry-scan";
import { entryRanks, messageRead } from "@/lib/engine/sql/message-read";
import type { QueueRecord } from "@/lib/engine/topology/records";
import type { TopologySnapshot } from "@/lib/engine/topology/snapshot";
import { type ReadMessage, readPage, type Walk } from "@/lib/engine/views/page";
import { peekedOf } from "@/lib/engine/views/peeked";
import { maxRankOf } from "@/lib/engine/views/ranks";

/** So many messages go through one transaction. */
const BATCH = 500;

/**
 * The messages that a selection means, batch by batch, oldest first. Those named one by one that are not there any
 * more are written off as skipped. With `all` it stops at the newest message that was there when it began.
 * @param walkTo the walk over what `all` may mean, up to a number
 */
export async function* selectedBatches(
  context: EngineContext,
  vhost: string,
  selection: Selection,
  tally: Tally,
  walkTo: (topology: TopologySnapshot, bound: number) => Walk,
): AsyncGenerator<readonly ReadMessage[]> {
  if (selection.kind === "messages") {
    for (let at = 0; at < selection.refs.length; at += BATCH) {
      yield await readRefs(context, vhost, selection.refs.slice(at, at + BATCH), tally);
    }
    return;
  }
  const bound = await entryLastSeq(context.database.main);
  let cursor: string | null | undefined;
  do {
    const topology = await context.topology.fresh();
    const page = await readPage(context, topology, walkTo(topology, bound), {
      limit: BATCH,
      bodyLimit: 0,
      ...(selection.filter && { filter: selection.filter }),
      ...(cursor && { cursor }),
    });
    if (page.items.length > 0) yield page.items;
    cursor = page.next;
  } while (cursor !== null);
}

/** Reads messages that are named; those that are not there are written off. @param bodyLimit bytes of each body */
export async function readRefs(
  context: EngineContext,
  vhost: string,
  refs: readonly { readonly queue: string; readonly id: number }[],
  tally: Tally,
  bodyLimit = 0,
): Promise<readonly ReadMessage[]> {
  const queues = (await context.topology.fresh()).vhost(vhost).queues;
  const wanted = new Map<string, { queue: QueueRecord; id: number }>();
  for (const ref of refs) {
    const queue = queues.get(ref.queue);
    if (!queue) tally.skip(ref.queue, ref.id, why.noQueue(ref.queue));
    else wanted.set(`${queue.id}.${ref.id}`, { queue, id: ref.id });
  }
  const rows = await context.database.main.transaction(async (tx) => {
    const asked = [...wanted.values()].map(({ queue, id }) => ({
      queueId: queue.id,
      maxRank: maxRankOf(queue),
      seq: id,
    }));
    const [, keys] = await Promise.all([beginReading(tx, 30_000), entryRanks(tx, asked)]);
    return messageRead(tx, keys, bodyLimit, { exchange: null, routingKey: null });
  });
  const found: ReadMessage[] = [];
  for (const row of rows) {
    const key = `${row.queue_id}.${row.seq}`;
    const ref = wanted.get(key);
    if (!ref) continue;
    wanted.delete(key);
    found.push({ row, message: peekedOf(row, ref.queue) });
  }
  for (const { queue, id } of wanted.values()) tally.skip(queue.name, id, why.gone);
  return found;
}
