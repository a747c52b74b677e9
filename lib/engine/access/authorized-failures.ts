import type { Actor } from "@/lib/broker/actor";
import type { FailureHandling } from "@/lib/broker/failure-handling";
import type { Life } from "@/lib/broker/timeline";
import { exchangeIn, type Guard, queueIn } from "@/lib/engine/access/guard";

/**
 * Reviews, attempts and timelines show messages, and simulations what failed: they take `read` at the queues that they are
 * about. Error policies are seen and changed by who sees their vhost; which tags it takes to change them and notifications
 * is for the doors to say.
 */
export function authorizedFailures(failures: FailureHandling, guard: Guard): FailureHandling {
  const { access } = guard;
  const mustReadReview = async (actor: Actor, id: number) => {
    const { vhost, queue } = await failures.getReview(actor, id, 0);
    await access.mustHave(actor, ["read", queueIn(vhost, queue)]);
    return vhost;
  };
  return {
    ...failures,
    listErrorPolicies: async (actor, vhost) => {
      await guard.mustSeeOne(actor, vhost);
      return guard.inVisible(actor, failures.listErrorPolicies(actor, vhost));
    },
    getErrorPolicy: async (actor, vhost, id) => {
      await access.mustSee(actor, vhost);
      return failures.getErrorPolicy(actor, vhost, id);
    },
    createErrorPolicy: async (actor, vhost, policy, position) => {
      await access.mustSee(actor, vhost);
      return failures.createErrorPolicy(actor, vhost, policy, position);
    },
    updateErrorPolicy: async (actor, vhost, id, policy, version) => {
      await access.mustSee(actor, vhost);
      return failures.updateErrorPolicy(actor, vhost, id, policy, version);
    },
    enableErrorPolicy: async (actor, vhost, id, enabled, version) => {
      await access.mustSee(actor, vhost);
      return failures.enableErrorPolicy(actor, vhost, id, enabled, version);
    },
    deleteErrorPolicy: async (actor, vhost, id, version) => {
      await access.mustSee(actor, vhost);
      return failures.deleteErrorPolicy(actor, vhost, id, version);
    },
    moveErrorPolicy: async (actor, vhost, id, to) => {
      await access.mustSee(actor, vhost);
      return failures.moveErrorPolicy(actor, vhost, id, to);
    },
    listAttempts: async (actor, vhost, messageId) => {
      await access.mustSee(actor, vhost);
      return guard.readable(actor, await failures.listAttempts(actor, vhost, messageId));
    },
    timeline: async (actor, query) => {
      await access.mustSee(actor, query.vhost);
      const timeline = await failures.timeline(actor, query);
      const lives = await Promise.all(timeline.lives.map((life) => readableLife(guard, actor, query.vhost, life)));
      return { ...timeline, lives: lives.flatMap((life) => life ?? []) };
    },
    listNotices: async (actor, query) => {
      const page = await failures.listNotices(actor, query);
      return { ...page, items: await guard.inVisible(actor, Promise.resolve(page.items)) };
    },
    simulateErrorPolicies: async (actor, request) => {
      const { vhost, of } = request;
      if (of.kind === "message") await access.mustHave(actor, ["read", queueIn(vhost, of.queue)]);
      if (of.kind === "last") {
        await guard.mustReadSelected(actor, vhost, { kind: "all", ...(of.queue !== undefined && { queue: of.queue }) });
      }
      return failures.simulateErrorPolicies(actor, request);
    },
    listReviews: async (actor, query) => {
      await guard.mustSeeOne(actor, query.vhost);
      const page = await failures.listReviews(actor, query);
      return { ...page, items: await guard.readable(actor, page.items) };
    },
    countReviews: async (actor, vhost) => {
      await guard.mustSeeOne(actor, vhost);
      return failures.countReviews(actor, vhost);
    },
    getReview: async (actor, id, bodyLimit) => {
      await mustReadReview(actor, id);
      return failures.getReview(actor, id, bodyLimit);
    },
    claimReview: async (actor, id, options) => {
      await mustReadReview(actor, id);
      return failures.claimReview(actor, id, options);
    },
    releaseReview: async (actor, id) => {
      await mustReadReview(actor, id);
      return failures.releaseReview(actor, id);
    },
    commentReview: async (actor, id, text) => {
      await mustReadReview(actor, id);
      return failures.commentReview(actor, id, text);
    },
    decideReview: async (actor, id, decision, comment) => {
      const vhost = await mustReadReview(actor, id);
      if ("to" in decision && decision.to) {
        const { exchange, routingKey } = decision.to;
        await guard.mustPublish(actor, vhost, { exchange, keys: [routingKey] });
      }
      return failures.decideReview(actor, id, decision, comment);
    },
  };
}

/**
 * What of a life the actor may know: what happened in queues that they may read. Null when that is none of them, or, where no
 * queue is known any more, when they may not read the exchange.
 */
async function readableLife(guard: Guard, actor: Actor, vhost: string, life: Life): Promise<Life | null> {
  const named = [...life.present, ...life.events].flatMap(({ queue }) => (queue === null ? [] : [{ vhost, queue }]));
  const queues = new Map(named.map((one) => [one.queue, one]));
  const readable = new Set((await guard.readable(actor, [...queues.values()])).map(({ queue }) => queue));
  if (queues.size === 0) {
    return (await guard.access.has(actor, "read", exchangeIn(vhost, life.exchange))) ? life : null;
  }
  if (readable.size === 0) return null;
  return {
    ...life,
    present: life.present.filter(({ queue }) => readable.has(queue)),
    events: life.events.filter(({ queue }) => queue === null || readable.has(queue)),
  };
}
