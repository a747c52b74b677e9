import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { BrokerError } from "@/lib/broker/errors";
import type { BrokerEvent } from "@/lib/broker/events";
import type { Batch, Rendered } from "@/lib/http/events/batch";
import type { EventHub, Listener } from "@/lib/http/events/hub";
import { openEventStream } from "@/lib/http/events/stream";
import { Subscription } from "@/lib/http/events/subscription";

const everything = { whole: true, vhost: () => true };

const nothing: Batch = {
  position: "0.0",
  complete: true,
  events: [],
  queues: new Map(),
  exchanges: new Map(),
  presence: [],
  topologyMoved: false,
  sampled: false,
  overview: null,
};

function event(id: number, vhost: string | null = "/", kind = "queue"): BrokerEvent {
  return { id, at: new Date(0), kind, action: "created", vhost, name: `thing-${id}`, detail: null };
}

function rows(count: number, ready: number): Map<string, Rendered> {
  return new Map(
    Array.from({ length: count }, (_, index) => [
      `q${index}`,
      { vhost: "/", json: JSON.stringify({ name: `q${index}`, ready }) },
    ]),
  );
}

function takeAll(subscription: Subscription): string {
  let text = "";
  for (let piece = subscription.take(); piece !== null; piece = subscription.take()) text += piece;
  return text;
}

test("of a queue that changed often only the newest state is told to who reads slowly", () => {
  const subscription = new Subscription(everything);
  for (let ready = 0; ready < 1000; ready++) subscription.add({ ...nothing, queues: rows(10, ready) });
  const told = takeAll(subscription);
  expect(told.match(/"name":"q3"/g)).toHaveLength(1);
  expect(told).toContain('{"name":"q3","ready":999}');
});

test("too many events become one: look at everything anew", () => {
  const subscription = new Subscription(everything);
  for (let id = 1; id <= 2000; id++) subscription.add({ ...nothing, topologyMoved: true, events: [event(id)] });
  const told = takeAll(subscription);
  expect(told).toContain("event: reset");
  expect(told.length).toBeLessThan(100_000);
});

test("an event that comes twice is told once", () => {
  const subscription = new Subscription(everything);
  subscription.add({ ...nothing, topologyMoved: true, events: [event(1), event(2)] });
  expect(takeAll(subscription).match(/thing-2/g)).toHaveLength(1);
  subscription.add({ ...nothing, topologyMoved: true, events: [event(2), event(3)] });
  const told = takeAll(subscription);
  expect(told).not.toContain("thing-2");
  expect(told).toContain("thing-3");
});

test("nobody is told of what they may not see", () => {
  const subscription = new Subscription({ whole: false, vhost: (vhost) => vhost === "mine" });
  const queues = new Map([
    ["a", { vhost: "mine", json: '{"name":"a"}' }],
    ["b", { vhost: "theirs", json: '{"name":"b"}' }],
  ]);
  const events = [event(1, "theirs"), event(2, "mine"), event(3, null, "job")];
  subscription.add({ ...nothing, topologyMoved: true, queues, events, overview: '{"queue_totals":{}}' });
  const told = takeAll(subscription);
  expect(told).toContain('"name":"a"');
  expect(told).toContain("thing-2");
  for (const hidden of ['"name":"b"', "thing-1", "thing-3", "queue_totals"]) expect(told).not.toContain(hidden);
});

test("a client may go on from a position only when it was told all up to it", () => {
  const subscription = new Subscription(everything);
  subscription.add({ ...nothing, position: "7.7", queues: rows(1000, 1) });
  const pieces: string[] = [];
  for (let piece = subscription.take(); piece !== null; piece = subscription.take()) pieces.push(piece);
  expect(pieces.length).toBeGreaterThan(1);
  expect(pieces.filter((piece) => piece.includes("id: 7.7"))).toEqual([pieces.at(-1)]);
});

class OneListener {
  listener: Listener | null = null;
  listen(listener: Listener) {
    this.listener = listener;
    return () => {
      this.listener = null;
    };
  }
  since = async () => nothing;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

async function openWith(recheck: () => Promise<typeof everything | null>) {
  const hub = new OneListener();
  const stream = await openEventStream({
    hub: hub as unknown as EventHub,
    position: null,
    sight: everything,
    recheck,
    signal: new AbortController().signal,
  });
  return { hub, reader: stream.pipeThrough(new TextDecoderStream()).getReader() };
}

test("a client that reads nothing is let go, and nobody looks for changes on its behalf", async () => {
  const hub = new OneListener();
  const options = { position: null, sight: everything, recheck: async () => everything };
  const signal = new AbortController().signal;
  const stream = await openEventStream({ hub: hub as unknown as EventHub, ...options, signal });
  expect(hub.listener).not.toBeNull();
  hub.listener?.changed({ ...nothing, queues: rows(1000, 1) });
  await vi.advanceTimersByTimeAsync(80_000);
  expect(hub.listener).toBeNull();
  await expect(stream.getReader().read()).rejects.toThrow(/stopped reading/);
});

test("the stream ends with the session, and outlives a database that is away", async () => {
  let answer: () => Promise<typeof everything | null> = async () => {
    throw new BrokerError("unavailable", "away");
  };
  const { hub, reader } = await openWith(() => answer());
  let ended = false;
  const reading = (async () => {
    for (;;) if ((await reader.read()).done) break;
    ended = true;
  })();
  await vi.advanceTimersByTimeAsync(45_000);
  expect(ended).toBe(false);
  answer = async () => null;
  await vi.advanceTimersByTimeAsync(45_000);
  await reading;
  expect(hub.listener).toBeNull();
});

test("it says when the database is away, and when it is back", async () => {
  const { hub, reader } = await openWith(async () => everything);
  let told = "";
  const reading = (async () => {
    for (let read = await reader.read(); !read.done; read = await reader.read()) told += read.value;
  })();
  await vi.advanceTimersByTimeAsync(1);
  hub.listener?.unavailable(new Error("away"));
  await vi.advanceTimersByTimeAsync(1);
  hub.listener?.unavailable(new Error("still away"));
  hub.listener?.changed(nothing);
  await vi.advanceTimersByTimeAsync(1);
  expect(told.match(/event: (away|back)/g)).toEqual(["event: away", "event: back"]);
  await reader.cancel();
  await reading;
});
