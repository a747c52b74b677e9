import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Broker } from "@/lib/broker/broker";
import { BrokerError } from "@/lib/broker/errors";
import { EventHub } from "@/lib/http/events/hub";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A broker whose database takes as long for each answer, in ms, as `takes` says, and the times at which it was asked. */
function slowBroker(takes: (look: number) => number) {
  const began = performance.now();
  const askedAt: number[] = [];
  const broker: Pick<Broker, "changesSince"> = {
    changesSince: async () => {
      askedAt.push(performance.now() - began);
      await new Promise((resolve) => setTimeout(resolve, takes(askedAt.length - 1)));
      throw new BrokerError("unavailable", "The database takes too long.");
    },
  };
  return { hub: new EventHub(broker as Broker), askedAt };
}
const listener = { changed: () => {}, unavailable: () => {} };

/** When each look began after the one before had ended. */
function pauses(askedAt: readonly number[], takes: (look: number) => number): number[] {
  return askedAt.slice(1).map((at, look) => Math.round(at - (askedAt[look] ?? 0) - takes(look)));
}

test("a look during which the machine stood still doesn't silence the stream", async () => {
  const takes = (look: number) => (look === 2 ? 30_000 : 5);
  const { hub, askedAt } = slowBroker(takes);
  const stop = hub.listen(listener);
  await vi.advanceTimersByTimeAsync(32_000);
  stop();
  expect(askedAt.length).toBeGreaterThan(4);
  expect(Math.max(...pauses(askedAt, takes))).toBeLessThanOrEqual(400);
  await vi.advanceTimersByTimeAsync(1_000);
});

test("a database that takes long is left three times as long to others, but never for longer than ten seconds", async () => {
  const takes = (look: number) => (look < 4 ? 1_000 : 20_000);
  const { hub, askedAt } = slowBroker(takes);
  const stop = hub.listen(listener);
  await vi.advanceTimersByTimeAsync(120_000);
  stop();
  expect(pauses(askedAt, takes).slice(1, 7)).toEqual([3_000, 3_000, 3_000, 3_000, 10_000, 10_000]);
  await vi.advanceTimersByTimeAsync(60_000);
});
