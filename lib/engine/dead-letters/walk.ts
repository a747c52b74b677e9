import { BrokerError } from "@/lib/broker/errors";
import type { MessageFilter } from "@/lib/broker/requests";
import { type DeadLetterScope, deadLetterScan } from "@/lib/engine/sql/dead-letter-list";
import { type Order, upTo } from "@/lib/engine/sql/entry-scan";
import type { TopologySnapshot } from "@/lib/engine/topology/snapshot";
import type { Walk } from "@/lib/engine/views/page";

/** What a query means by vhost, queue and those parts of its filter that the table of deaths can judge itself. */
export function scopeOf(
  topology: TopologySnapshot,
  query: { readonly vhost?: string; readonly queue?: string; readonly filter?: MessageFilter },
): DeadLetterScope {
  if (query.vhost === undefined && query.queue !== undefined) {
    throw new BrokerError("bad-request", "A queue is named within a vhost: give the vhost too.");
  }
  const vhosts = query.vhost === undefined ? [...topology.vhosts.values()] : [topology.vhost(query.vhost)];
  return {
    vhostIds: vhosts.map(({ vhost }) => vhost.id),
    queueId:
      query.queue === undefined || query.vhost === undefined ? null : topology.queue(query.vhost, query.queue).id,
    reason: query.filter?.reason ?? null,
    originQueue: query.filter?.originQueue ?? null,
    groupId: query.filter?.group ?? null,
  };
}

/** Whether the scope judges all of the filter, so that no message need be read to count. */
export function isJudgedByScope(filter: MessageFilter | undefined): boolean {
  return Object.entries(filter ?? {}).every(
    ([name, value]) => value === undefined || name === "reason" || name === "originQueue" || name === "group",
  );
}

/** Walks over the dead letters of a scope by their numbers. @param bound stops there; oldest first */
export function deadLetterWalk(scope: DeadLetterScope, order: Order, bound?: number): Walk {
  return {
    order,
    accept: () => true,
    step: async (db, after, limit) => {
      const from = after && { seq: after.seq, queueId: after.queue_id };
      return upTo(await deadLetterScan(db, scope, { order, after: from, limit }), bound);
    },
  };
}
