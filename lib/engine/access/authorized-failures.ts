import type { Actor } from "@/lib/broker/actor";
import type { FailureHandling } from "@/lib/broker/failure-handling";
import { type Guard, queueIn } from "@/lib/engine/access/guard";

/**
 * Reviews show messages, and simulations what failed: they take `read` at the queues that they are about. Which tags it
 * takes to change error policies and notifications is for the doors to say.
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
