import { z } from "zod";
import { BrokerError } from "@/lib/broker/errors";
import type { Settlement } from "@/lib/broker/requests";
import { withoutUndefined } from "@/lib/http/defined";
import { type Call, endpoint } from "@/lib/http/endpoint";
import { leasedJson } from "@/lib/http/json/message-json";
import { ok } from "@/lib/http/reply";
import { integer, text } from "@/lib/http/schemas";

const MOST_HOURS_MS = 12 * 3600 * 1000;
/** Longest delay of a requeued message, in ms. */
const MOST_DELAY_MS = 30 * 24 * 3600 * 1000;

const visibilityTimeout = integer(0, MOST_HOURS_MS);
const delay = integer(0, MOST_DELAY_MS);
const failureReport = z.strictObject({ type: text.optional(), message: text.optional(), stack: text.optional() });

const settlement = z.strictObject({
  receipt: z.string().max(1000),
  outcome: z.enum(["ack", "requeue", "reject"]),
  delay_ms: delay.optional().meta({ description: "With requeue: not before so long." }),
  error: failureReport.optional().meta({ description: "With reject: why." }),
});

function outcomeOf(asked: Omit<z.output<typeof settlement>, "receipt">): Settlement["outcome"] {
  const { outcome, delay_ms: delayMs, error } = asked;
  if (delayMs !== undefined && outcome !== "requeue") {
    throw new BrokerError("bad-request", `delay_ms goes with requeue, not with ${outcome}.`);
  }
  if (error !== undefined && outcome !== "reject") {
    throw new BrokerError("bad-request", `error goes with reject, not with ${outcome}.`);
  }
  if (outcome === "ack") return { kind: "ack" };
  if (outcome === "requeue") return { kind: "requeue", ...(delayMs !== undefined && { delayMs }) };
  return { kind: "reject", ...(error !== undefined && { error: withoutUndefined(error) }) };
}

/** Settles one lease. Throws `conflict` when it has passed on. */
async function settleOne(receipt: string, outcome: Settlement["outcome"], { broker, actor }: Call) {
  const [result] = await broker.settle(actor, [{ receipt, outcome }]);
  if (result?.result === "gone") throw goneError(receipt);
  return ok({ receipt, result: "settled" });
}

function goneError(receipt: string): BrokerError {
  const reason =
    "This lease has run out or was settled before; nothing was changed. The message may be somebody else's.";
  return new BrokerError("conflict", reason, { receipt, result: "gone" });
}

export const leaseEndpoints = [
  endpoint({
    method: "POST",
    path: "/api/queues/{vhost}/{queue}/leases",
    summary: "Take messages for a while, waiting up to `wait_ms` for the first; settle them by their receipts",
    access: "change",
    manner: "warren",
    body: z.strictObject({
      count: integer(1, 1000).default(1),
      visibility_timeout_ms: visibilityTimeout.default(30_000),
      wait_ms: integer(0, 20_000).default(0),
      ack: z.enum(["manual", "auto"]).default("manual"),
      encoding: z.enum(["auto", "base64"]).default("auto"),
    }),
    async handle({ path: { vhost, queue }, body }, { broker, actor, signal }) {
      const messages = await broker.lease(actor, {
        ...{ vhost, queue, max: body.count, visibilityTimeoutMs: body.visibility_timeout_ms, waitMs: body.wait_ms },
        ...{ autoAck: body.ack === "auto", countAs: "get" as const, signal },
      });
      return ok({ messages: messages.map((message) => leasedJson(message, body.encoding)) });
    },
  }),
  endpoint({
    method: "POST",
    path: "/api/leases/settle",
    summary: "Settle many leases at once; each result says whether the lease was still held",
    access: "change",
    manner: "warren",
    body: z.strictObject({ settlements: z.array(settlement).min(1).max(10_000) }),
    async handle({ body }, { broker, actor }) {
      const settlements = body.settlements.map(({ receipt, ...asked }) => ({ receipt, outcome: outcomeOf(asked) }));
      return ok({ results: await broker.settle(actor, settlements) });
    },
  }),
  endpoint({
    method: "POST",
    path: "/api/leases/{receipt}/ack",
    summary: "The message is done",
    access: "change",
    manner: "warren",
    handle: ({ path }, call) => settleOne(path.receipt, { kind: "ack" }, call),
  }),
  endpoint({
    method: "POST",
    path: "/api/leases/{receipt}/requeue",
    summary: "Give the message back to its place in the queue, after `delay_ms` if given",
    access: "change",
    manner: "warren",
    body: z.strictObject({ delay_ms: delay.optional() }),
    handle: ({ path, body }, call) => settleOne(path.receipt, outcomeOf({ ...body, outcome: "requeue" }), call),
  }),
  endpoint({
    method: "POST",
    path: "/api/leases/{receipt}/reject",
    summary: "The message can't be processed, for the reason in `error`: it becomes a dead letter",
    access: "change",
    manner: "warren",
    body: z.strictObject({ error: failureReport.optional() }),
    handle: ({ path, body }, call) => settleOne(path.receipt, outcomeOf({ ...body, outcome: "reject" }), call),
  }),
  endpoint({
    method: "POST",
    path: "/api/leases/{receipt}/extend",
    summary: "Hold the message for `visibility_timeout_ms` more, from now",
    access: "change",
    manner: "warren",
    body: z.strictObject({ visibility_timeout_ms: visibilityTimeout.default(30_000) }),
    async handle({ path, body }, { broker, actor }) {
      const { result, leasedUntil } = await broker.extendLease(actor, path.receipt, body.visibility_timeout_ms);
      if (result === "gone") throw goneError(path.receipt);
      return ok({ receipt: path.receipt, result, leased_until: leasedUntil?.toISOString() ?? null });
    },
  }),
];
