import { z } from "zod";
import type { Leased } from "@/lib/broker/broker";
import type { Settlement } from "@/lib/broker/requests";
import { type Call, endpoint } from "@/lib/http/endpoint";
import { gotJson } from "@/lib/http/json/message-json";
import { ok } from "@/lib/http/reply";
import { integer } from "@/lib/http/schemas";

/** A get takes and settles in one call; if this process dies in between, the messages return after so long, in ms. */
const HELD_MS = 60_000;
/** The broker gives at most so many at once. */
const BATCH = 1000;
/** Bodies of a whole answer, in bytes; what goes beyond stays in the queue. */
const MOST_BYTES = 64 * 1024 * 1024;

const ackModes = ["ack_requeue_true", "ack_requeue_false", "reject_requeue_true", "reject_requeue_false"] as const;
type AckMode = (typeof ackModes)[number];

/** What becomes of the messages once they were read. Null: they were acknowledged when they were taken. */
const outcomes: { readonly [M in AckMode]: Settlement["outcome"] | null } = {
  ack_requeue_true: { kind: "requeue", counts: false },
  ack_requeue_false: null,
  reject_requeue_true: { kind: "requeue", counts: true },
  reject_requeue_false: { kind: "reject" },
};

/** Takes up to `count` messages. */
async function take(vhost: string, queue: string, count: number, ackMode: AckMode, call: Call): Promise<Leased[]> {
  const taken: Leased[] = [];
  let bytes = 0;
  while (taken.length < count && bytes < MOST_BYTES) {
    const max = Math.min(BATCH, count - taken.length);
    const batch = await call.broker.lease(call.actor, {
      ...{ vhost, queue, max, visibilityTimeoutMs: HELD_MS, waitMs: 0 },
      ...{ autoAck: outcomes[ackMode] === null, countAs: "get" as const },
    });
    taken.push(...batch);
    bytes += batch.reduce((sum, message) => sum + message.bodySize, 0);
    if (batch.length < max) break;
  }
  return taken;
}

/** Puts back or rejects what was taken. */
async function settle(taken: readonly Leased[], ackMode: AckMode, { broker, actor }: Call): Promise<void> {
  const outcome = outcomes[ackMode];
  if (outcome === null) return;
  const settlements = taken.flatMap(({ receipt }) => (receipt === null ? [] : [{ receipt, outcome }]));
  if (settlements.length > 0) await broker.settle(actor, settlements);
}

export const getEndpoints = [
  endpoint({
    method: "POST",
    path: "/api/queues/{vhost}/{queue}/get",
    summary: "Take messages out and put them back, or not (`ackmode`); this disturbs the queue, `messages` doesn't",
    access: "change",
    manner: "rabbitmq",
    body: z.object({
      count: integer(0, 10_000).default(1),
      ackmode: z.enum(ackModes),
      encoding: z.enum(["auto", "base64"]).default("auto"),
      truncate: integer(0, Number.MAX_SAFE_INTEGER).optional(),
    }),
    audit: "message.get",
    async handle({ path, body }, call) {
      const taken = await take(path.vhost, path.queue, body.count, body.ackmode, call);
      await settle(taken, body.ackmode, call);
      call.note({ ackmode: body.ackmode, messages: taken.length });
      return ok(taken.map((message) => gotJson(message, body.encoding, body.truncate)));
    },
  }),
];
