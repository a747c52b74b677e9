import { z } from "zod";
import { BrokerError } from "@/lib/broker/errors";
import type { Canary, JobRequest, JobWork } from "@/lib/broker/jobs";
import type { Selection } from "@/lib/broker/requests";
import { letterSelection, selectionOf } from "@/lib/http/letter-selection";
import { exchangeName, flag, integer, messageId, searchText, shortText } from "@/lib/http/schemas";
import { filterMember, oneQueue, parseSearch } from "@/lib/http/search";

const target = z.strictObject({ exchange: exchangeName.default(""), routing_key: shortText });
const time = z.iso.datetime({ offset: true }).optional();

/** Messages per second. */
export const jobRate = z.number().min(0.1).max(100_000).nullable();

const canary = z.union([
  z.boolean(),
  z.strictObject({
    steps: z.array(integer(1, 1_000_000)).min(1).max(20).default([1, 10, 100]),
    settle_ms: integer(1_000, 3_600_000).default(30_000),
    stop_at_failed_percent: integer(1, 100).default(10),
  }),
]);

const everyKind = {
  vhost: shortText,
  dry_run: flag.default(false).meta({ description: "Only tell what it would do." }),
  rate: jobRate.default(null).meta({ description: "Messages per second; null for as fast as it goes." }),
};
const steps = {
  canary: canary
    .default(false)
    .meta({ description: "First 1, then 10, then 100, then the rest; stops when they fail again." }),
};

/** The body of a new job, by its kind. */
export const jobBody = z.discriminatedUnion("kind", [
  z.strictObject({
    ...{ kind: z.literal("retry"), ...everyKind, ...steps, ...letterSelection },
    to: target.optional().meta({ description: "Otherwise each goes back to the queue it died in." }),
    missing_origin: z.enum(["refuse", "skip"]).default("refuse"),
  }),
  z.strictObject({ kind: z.literal("discard"), ...everyKind, ...letterSelection }),
  z.strictObject({
    ...{ kind: z.literal("move"), ...everyKind, ...steps },
    from: shortText,
    ids: z.array(messageId).min(1).max(10_000).optional(),
    all: z.literal(true).optional(),
    q: searchText,
    to: target,
  }),
  z.strictObject({ kind: z.literal("restore"), ...everyKind, trash: z.guid() }),
  z.strictObject({ kind: z.literal("purge"), ...everyKind, queue: shortText }),
  z.strictObject({
    ...{ kind: z.literal("replay"), ...everyKind, ...steps },
    source: z
      .strictObject({ queue: shortText.optional(), exchange: exchangeName.optional() })
      .refine(
        ({ queue, exchange }) => queue === undefined || exchange === undefined,
        "give queue or exchange, not both",
      )
      .default({})
      .meta({ description: "Messages that bindings lead to this queue, or that were published to this exchange." }),
    since: time,
    until: time,
    q: searchText,
    include_waiting: flag.default(false).meta({ description: "Also those that still lie where they were routed." }),
    to: target.optional().meta({ description: "Otherwise each goes where its exchange and key lead now." }),
    mark_time: flag.default(false).meta({ description: "Also a header x-replayed-at." }),
  }),
]);

export type JobBody = z.output<typeof jobBody>;

/** Throws `bad-request` for parts that exclude each other. */
export function jobRequestOf(body: JobBody): JobRequest {
  const { dry_run: _, ...asked } = body;
  return {
    vhost: body.vhost,
    work: workOf(body),
    rate: body.rate,
    canary: "canary" in body ? canaryOf(body.canary) : null,
    asked,
  };
}

function workOf(body: JobBody): JobWork {
  switch (body.kind) {
    case "retry": {
      const { to, missing_origin: missingOrigin } = body;
      return { kind: "retry", selection: lettersIn(body), missingOrigin, ...(to && { to: targetOf(to) }) };
    }
    case "discard":
      return { kind: "discard", selection: lettersIn(body) };
    case "move":
      return { kind: "move", from: body.from, selection: messagesIn(body), to: targetOf(body.to) };
    case "restore":
      return { kind: "restore", trash: body.trash };
    case "purge":
      return { kind: "purge", queue: body.queue };
    case "replay":
      return replayOf(body);
  }
}

function lettersIn(body: Extract<JobBody, { kind: "retry" | "discard" }>): Selection {
  const { ids, all, queue, q, reason, origin, group } = body;
  return selectionOf({ ids, all, queue, q, reason, origin, group });
}

function messagesIn({ from, ids, all, q }: Extract<JobBody, { kind: "move" }>): Selection {
  if ((ids === undefined) === (all === undefined)) {
    throw new BrokerError("bad-request", "The body must have either ids or all: true.");
  }
  if (ids !== undefined && q !== undefined)
    throw new BrokerError("bad-request", "q goes with all: true, not with ids.");
  if (ids !== undefined) return { kind: "messages", refs: ids.map((id) => ({ queue: from, id })) };
  const search = parseSearch(q);
  return { kind: "all", ...oneQueue(from, search.queue), ...filterMember(search) };
}

function replayOf(body: Extract<JobBody, { kind: "replay" }>): JobWork {
  const { source, since, until, to } = body;
  const search = parseSearch(body.q);
  if (search.states.length > 0) {
    throw new BrokerError("bad-request", "The search has state:, but retained messages have none.");
  }
  if (search.filter && ("reason" in search.filter || "originQueue" in search.filter || "errorType" in search.filter)) {
    throw new BrokerError(
      "bad-request",
      "The search asks for a death, but retained messages are as they were published.",
    );
  }
  if (since !== undefined && until !== undefined && Date.parse(since) >= Date.parse(until)) {
    throw new BrokerError("bad-request", "since must be before until.");
  }
  const queue = oneQueue(source.queue, search.queue).queue;
  if (queue !== undefined && source.exchange !== undefined) {
    throw new BrokerError("bad-request", "Give a queue or an exchange as the source, not both.");
  }
  return {
    kind: "replay",
    source: {
      ...(queue !== undefined && { queue }),
      ...(source.exchange !== undefined && { exchange: source.exchange }),
    },
    ...(since !== undefined && { since: new Date(since) }),
    ...(until !== undefined && { until: new Date(until) }),
    ...filterMember(search),
    includeWaiting: body.include_waiting,
    ...(to && { to: targetOf(to) }),
    markTime: body.mark_time,
  };
}

function targetOf(to: z.output<typeof target>) {
  return { exchange: to.exchange, routingKey: to.routing_key };
}

const usualCanary: Canary = { steps: [1, 10, 100], settleMs: 30_000, stopAtFailedPercent: 10 };

function canaryOf(asked: z.output<typeof canary>): Canary | null {
  if (typeof asked === "boolean") return asked ? usualCanary : null;
  return { steps: asked.steps, settleMs: asked.settle_ms, stopAtFailedPercent: asked.stop_at_failed_percent };
}
