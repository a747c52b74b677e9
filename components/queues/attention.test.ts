import { describe, expect, it } from "vitest";
import { attentionOf, isGrowing, workersWanted } from "@/components/queues/attention";
import type { Queue } from "@/lib/api-client/queues";

function queue(part: Partial<Queue> & { comesIn?: number; goesOut?: number }): Queue {
  const { comesIn = 0, goesOut = 0, ...rest } = part;
  return {
    name: "orders",
    vhost: "/",
    type: "classic",
    durable: true,
    auto_delete: false,
    exclusive: false,
    arguments: {},
    state: "running",
    consumers: 0,
    messages: 0,
    messages_ready: 0,
    messages_unacknowledged: 0,
    messages_delayed: 0,
    message_bytes_ready: 0,
    message_bytes_unacknowledged: 0,
    dead_letters: 0,
    dead_letters_from_here: 0,
    message_stats: { publish_details: { rate: comesIn }, deliver_get_details: { rate: goesOut } },
    ...rest,
  } as Queue;
}

describe("what needs attention", () => {
  const rising = [0, 10, 20, 30, 40, 50];

  it("takes a queue for growing when it rises and more comes in than goes out", () => {
    expect(isGrowing(queue({ trend: rising, comesIn: 5, goesOut: 1 }))).toBe(true);
  });

  it("lets flat, draining, tiny and young queues be", () => {
    expect(isGrowing(queue({ trend: [50, 50, 50, 50, 50], comesIn: 5, goesOut: 1 }))).toBe(false);
    expect(isGrowing(queue({ trend: rising, comesIn: 1, goesOut: 5 }))).toBe(false);
    expect(isGrowing(queue({ trend: [0, 1, 2, 3, 4, 5], comesIn: 5 }))).toBe(false);
    expect(isGrowing(queue({ trend: [10, 20], comesIn: 5 }))).toBe(false);
  });

  it("puts dead letters first, then what nobody takes from", () => {
    const found = attentionOf([
      queue({ name: "growing", trend: rising, comesIn: 5, goesOut: 1 }),
      queue({ name: "fine" }),
      queue({ name: "untaken", trend: rising, comesIn: 5 }),
      queue({ name: "dlq", dead_letters: 3 }),
    ]);
    expect(found.map(({ kind, queue: { name } }) => `${kind} ${name}`)).toEqual([
      "dead dlq",
      "untaken untaken",
      "growing growing",
    ]);
  });

  it("says that all consumers are busy when each holds what it may and messages wait", () => {
    const busy = queue({ consumers: 2, consumers_full: 2, messages_ready: 12 });
    const taken = { trend: rising, comesIn: 5 };
    expect(attentionOf([busy]).map(({ kind }) => kind)).toEqual(["full"]);
    expect(attentionOf([{ ...busy, consumers_full: 1 }])).toEqual([]);
    expect(attentionOf([{ ...busy, messages_ready: 3 }])).toEqual([]);
    // Long work that nobody finishes just now isn't the same as nobody being there.
    expect(attentionOf([{ ...busy, ...queue(taken), consumers: 2, consumers_full: 2, messages_ready: 50 }])).toEqual([
      expect.objectContaining({ kind: "full" }),
    ]);
  });

  it("takes a full queue without consumers for forgotten, but not one of dead letters or one that is drained by calls", () => {
    const left = queue({ name: "left", trend: [40, 40, 40, 40], messages_ready: 40 });
    expect(attentionOf([left]).map(({ kind }) => kind)).toEqual(["untaken"]);
    expect(attentionOf([{ ...left, ...queue({ trend: [40, 40, 40, 40], goesOut: 1 }) }])).toEqual([]);
    expect(attentionOf([{ ...left, dead_letters: 40 }]).map(({ kind }) => kind)).toEqual(["dead"]);
    expect(attentionOf([{ ...left, trend: [0, 40, 40, 40] }])).toEqual([]);
  });

  it("puts dead letters that still come before those that only lie there", () => {
    const found = attentionOf([
      queue({ name: "rests", dead_letters: 500, messages_ready: 500 }),
      queue({ name: "rises", dead_letters: 5, messages_ready: 5, comesIn: 1 }),
    ]);
    expect(found.map(({ queue: { name } }) => name)).toEqual(["rises", "rests"]);
  });

  it("says how many workers more would keep up", () => {
    const stats = (comesIn: number, acked: number) => ({
      message_stats: { publish_details: { rate: comesIn }, ack_details: { rate: acked } } as Queue["message_stats"],
    });
    expect(workersWanted({ ...queue({ consumers: 2 }), ...stats(10, 4) })).toBe(3);
    expect(workersWanted({ ...queue({ consumers: 2 }), ...stats(3, 4) })).toBe(0);
    expect(workersWanted({ ...queue({ consumers: 2 }), ...stats(3, 0) })).toBeNull();
  });
});
