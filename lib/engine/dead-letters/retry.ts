import type { Actor } from "@/lib/broker/actor";
import type { BulkResult, RetryRequest } from "@/lib/broker/requests";
import { checkRoutingKey } from "@/lib/broker/rules/names";
import type { EngineContext } from "@/lib/engine/context";
import { mustBeFew } from "@/lib/engine/dead-letters/few";
import { selectedDeadLetters } from "@/lib/engine/dead-letters/selected";
import { throughExchange, toOrigin } from "@/lib/engine/move/destination";
import { Tally } from "@/lib/engine/move/tally";
import { transfer } from "@/lib/engine/move/transfer";

/**
 * Sends dead letters back to the queues that they died in, or through a given exchange; `x-death` stays with them.
 * Each is gone here exactly when it is stored there. `not-found` for the vhost or the given exchange.
 */
export async function retryDeadLetters(
  context: EngineContext,
  actor: Actor,
  request: RetryRequest,
): Promise<BulkResult> {
  const { vhost, selection, to } = request;
  const topology = await context.topology.fresh();
  topology.vhost(vhost);
  if (to) {
    checkRoutingKey(to.routingKey);
    topology.exchange(vhost, to.exchange);
  }
  await mustBeFew(context, vhost, selection);
  const tally = new Tally();
  for await (const batch of selectedDeadLetters(context, vhost, selection, tally)) {
    await transfer(
      context,
      batch,
      (item, fresh) => (to ? throughExchange(fresh, vhost, to, item) : toOrigin(fresh, vhost, item)),
      tally,
      { kind: "retried", by: actor.user },
    );
  }
  return tally.result();
}
