import { expect, test } from "vitest";
import type { Changes } from "@/lib/broker/events";
import type { QueueStatus } from "@/lib/broker/topology";
import { batchOf, nothingBefore } from "@/lib/http/events/batch";

const none = { publish: 0, deliver: 0, deliverNoAck: 0, get: 0, getNoAck: 0, ack: 0, redeliver: 0 };

function queue(published: number, rate: number, state: "running" | "idle" = "running") {
  return {
    ...{ vhost: "/", name: "orders", type: "classic", durable: true, autoDelete: false, exclusive: false },
    ...{
      arguments: new Map(),
      policies: { policy: null, operatorPolicy: null, definition: {} },
      consumerTimeoutMs: null,
    },
    counts: { ready: published, unacknowledged: 0, delayed: 0, readyBytes: 0, unacknowledgedBytes: 0 },
    totals: { ...none, publish: published },
    rates: { ...none, publish: rate },
    ...{ state, consumers: 0, fullConsumers: 0, idleSince: state === "idle" ? new Date(1000) : null },
    ...{ headEnqueuedAt: null, deadLettersHere: 0, deadLettersFromHere: 0, trend: [], createdAt: new Date(0) },
  } as unknown as QueueStatus;
}

function changes(...queues: QueueStatus[]): Changes {
  const nothing = { events: [], exchanges: [], presence: [] };
  return { position: "1.1", complete: true, queues, ...nothing, topologyVersion: 1, sampledAt: 0 };
}

test("what moves is told at once, what only slows down now and then", () => {
  const before = nothingBefore();
  const isTold = (status: QueueStatus, now: number) => batchOf(changes(status), before, now).queues.size === 1;
  expect(isTold(queue(1, 0.2), 0)).toBe(true);
  expect(isTold(queue(1, 0.2), 400)).toBe(false);
  expect(isTold(queue(1, 0.18), 800)).toBe(false);
  expect(isTold(queue(2, 0.4), 1_200)).toBe(true);
  expect(isTold(queue(2, 0.3), 6_000)).toBe(false);
  expect(isTold(queue(2, 0.25), 6_200)).toBe(true);
  expect(isTold(queue(2, 0.2), 6_600)).toBe(false);
  expect(isTold(queue(2, 0, "idle"), 7_000)).toBe(true);
});

test("a rate that was passed over is told when it is what it was not told to be", () => {
  const before = nothingBefore();
  const told = (rate: number, now: number) =>
    [...batchOf(changes(queue(1, rate)), before, now).queues.values()].map(
      ({ json }) => JSON.parse(json).message_stats.publish_details.rate,
    );
  expect(told(0.5, 0)).toEqual([0.5]);
  expect(told(0.4, 400)).toEqual([]);
  expect(told(0.5, 800)).toEqual([]);
  expect(told(0.4, 5_000)).toEqual([0.4]);
});
