import { BrokerError } from "@/lib/broker/errors";
import type { EngineContext } from "@/lib/engine/context";
import { withoutFull } from "@/lib/engine/dead-lettering/full-queues";
import { routeLetter } from "@/lib/engine/dead-lettering/letter";
import { traceCopies } from "@/lib/engine/history/record";
import { deadLettersRefusals, type Routed } from "@/lib/engine/publish/store";
import { insertEntryCopies } from "@/lib/engine/sql/entry-copies";
import { enterQueues } from "@/lib/engine/sql/shards";
import type { TopologySnapshot } from "@/lib/engine/topology/snapshot";

const maxReroutes = 100;

/**
 * Dead-letters messages that full queues refused (`x-overflow: reject-publish-dlx`), with reason `maxlen`. Their
 * publishers are told that they were refused in any case.
 */
export async function deadLetterRefused(context: EngineContext, stored: readonly Routed[]): Promise<void> {
  const refused = stored.filter((one) => one.rejected.some(deadLettersRefusals));
  if (refused.length === 0) return;
  let snapshot = await context.topology.current();
  for (let attempt = 0; attempt < maxReroutes; attempt++) {
    const { version } = snapshot;
    const plans = refused.flatMap((one) => lettersOf(snapshot, one));
    await context.groups.ensure(plans.flatMap(({ letter }) => letter?.copy.death ?? []));
    const reached = await context.database.durable.transaction(async (tx) => {
      const ids = plans.flatMap(({ letter }) => letter?.targets ?? []).map((queue) => queue.id);
      if (!(await enterQueues(tx, version, ids))) return null;
      const letters = (await withoutFull(tx, plans)).flatMap(({ letter }) => letter ?? []);
      const copies = letters.map((letter) => letter.copy);
      const seqs = await insertEntryCopies(tx, copies);
      await traceCopies(tx, copies, seqs, { kind: "dead_lettered", by: null, detail: { reason: "maxlen" } });
      return letters.flatMap((letter) => letter.targets);
    });
    if (reached) return context.queuesGrew(reached);
    snapshot = await context.topology.reload();
  }
  throw new BrokerError("unavailable", "The topology changes too quickly to dead-letter by it. Try again shortly.");
}

/** One for each queue that refused it. */
function lettersOf(snapshot: TopologySnapshot, { message, messageId, rejected }: Routed) {
  if (messageId === null) return [];
  const dying = {
    message_id: messageId,
    bytes: message.body.length,
    exchange: message.exchange,
    routing_key: message.routingKey,
    properties: message.encoded,
  };
  return rejected
    .filter(deadLettersRefusals)
    .map((queue) => ({ letter: routeLetter(snapshot, queue, dying, { reason: "maxlen" }) }));
}
