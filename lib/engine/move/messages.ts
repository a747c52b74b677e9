import type { Actor } from "@/lib/broker/actor";
import type { BulkResult, MoveRequest } from "@/lib/broker/requests";
import { checkRoutingKey } from "@/lib/broker/rules/names";
import type { EngineContext } from "@/lib/engine/context";
import { throughExchange } from "@/lib/engine/move/destination";
import { selectedBatches } from "@/lib/engine/move/selected";
import { Tally, why } from "@/lib/engine/move/tally";
import { transfer } from "@/lib/engine/move/transfer";
import { queueWalk } from "@/lib/engine/views/peek";

/**
 * Moves ready messages of a queue through an exchange, oldest first; what is delayed or held stays. With `all`, what
 * is published after it began stays as well. `not-found` for the queue or the exchange.
 */
export async function moveMessages(context: EngineContext, actor: Actor, request: MoveRequest): Promise<BulkResult> {
  const { vhost, from, to } = request;
  checkRoutingKey(to.routingKey);
  const topology = await context.topology.fresh();
  const source = topology.queue(vhost, from);
  topology.exchange(vhost, to.exchange);
  const tally = new Tally();
  const batches = selectedBatches(context, vhost, selectionIn(request), tally, (_, bound) =>
    queueWalk(source, ["ready", "dead"], "oldest", bound),
  );
  for await (const batch of batches) {
    const ready = batch.filter(({ message }) => {
      if (message.queue === from && (message.state === "ready" || message.state === "dead")) return true;
      tally.skip(message.queue, message.id, message.state === "unacked" ? why.held : why.notReady);
      return false;
    });
    const trace = { kind: "moved", by: actor.user, detail: { from } } as const;
    await transfer(context, ready, (item, fresh) => throughExchange(fresh, vhost, to, item), tally, trace);
  }
  return tally.result();
}

/** Messages are named within the queue that they are moved from. */
function selectionIn({ from, selection }: MoveRequest) {
  return selection.kind === "all" ? { ...selection, queue: from } : selection;
}
