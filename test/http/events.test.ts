import amqp from "amqplib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { composeBroker } from "@/lib/compose";
import { EventHub } from "@/lib/http/events/hub";
import { openEventStream } from "@/lib/http/events/stream";
import { startApiWithDoors } from "@/test/http/engine-api";
import { type EventReader, type ReadEvent, readEvents } from "@/test/http/event-reader";
import type { TestApi } from "@/test/http/support";
import type { TestServer } from "@/test/support/amqp/amqp-server";

let api: TestApi;
let door: TestServer;
let close: () => Promise<void>;
const readers: EventReader[] = [];

beforeAll(async () => {
  const started = await startApiWithDoors(1);
  ({ api, close } = started);
  [door] = started.doors as [TestServer];
});
afterAll(async () => {
  await Promise.all(readers.map((reader) => reader.close()));
  await close?.();
});

async function listen(path?: string, lastEventId?: string): Promise<EventReader> {
  const reader = await readEvents(api.router, path, lastEventId);
  readers.push(reader);
  return reader;
}

const declare = (name: string) => api.call("PUT", `/api/queues/%2F/${name}`, { body: { durable: true } });
const publish = (name: string) =>
  api.call("POST", "/api/exchanges/%2F/amq.default/publish", {
    body: { routing_key: name, properties: {}, payload: "x", payload_encoding: "string" },
  });
/** An event that tells of a queue's state. */
const queue =
  (name: string, ready: number) =>
  ({ event, data }: ReadEvent) =>
    event === "queues" &&
    data.queues.some((row: Record<string, unknown>) => row.name === name && row.messages_ready === ready);
const topology =
  (kind: string, action: string, name: string) =>
  ({ event, data }: ReadEvent) =>
    event === "topology" &&
    data.changes.some(
      (change: Record<string, unknown>) => change.kind === kind && change.action === action && change.name === name,
    );

describe("the event stream", () => {
  it("tells of queues that are made, filled and deleted, each with its state", async () => {
    const reader = await listen();
    expect(reader.headers.get("content-type")).toMatch(/^text\/event-stream/);
    expect(reader.headers.get("x-accel-buffering")).toBe("no");
    expect((await reader.until(() => true)).event).toBe("");
    expect((await reader.until(({ event }) => event === "hello")).data).toEqual({ complete: true });

    await declare("told");
    await reader.until(topology("queue", "created", "told"));
    await publish("told");
    await publish("told");
    await reader.until(queue("told", 2));
    await reader.until(({ event, data }) => event === "overview" && data.queue_totals.messages_ready >= 2);
    await api.call("DELETE", "/api/queues/%2F/told");
    await reader.until(topology("queue", "deleted", "told"));
  });

  it("tells of exchanges, bindings and virtual hosts", async () => {
    const reader = await listen();
    await api.call("PUT", "/api/vhosts/told-vhost", { body: {} });
    await reader.until(topology("vhost", "created", "told-vhost"));
    await api.call("PUT", "/api/exchanges/told-vhost/told", { body: { type: "topic" } });
    await reader.until(topology("exchange", "created", "told"));
    await api.call("PUT", "/api/queues/told-vhost/q", { body: {} });
    await api.call("POST", "/api/bindings/told-vhost/e/told/q/q", { body: { routing_key: "#" } });
    await reader.until(topology("binding", "created", "told"));
    await api.call("DELETE", "/api/vhosts/told-vhost");
    await reader.until(topology("vhost", "deleted", "told-vhost"));
  });

  it("tells of clients that come and go, and how many consumers their queue has then", async () => {
    await declare("watched");
    const reader = await listen();
    const connection = await amqp.connect(`amqp://guest:guest@127.0.0.1:${door.port}/`);
    const channel = await connection.createChannel();
    await channel.consume("watched", () => {});
    const presence =
      (kind: string, action: string) =>
      ({ event, data }: ReadEvent) =>
        event === "presence" &&
        data.changes.some((change: Record<string, unknown>) => change.kind === kind && change.action === action);
    await reader.until(presence("consumer", "opened"));
    const consumers =
      (count: number) =>
      ({ event, data }: ReadEvent) =>
        event === "queues" &&
        data.queues.some((row: Record<string, unknown>) => row.name === "watched" && row.consumers === count);
    await reader.until(consumers(1));
    await connection.close();
    await reader.until(presence("connection", "closed"));
    await reader.until(consumers(0));
  });

  it("goes on where a client was, at another process as well", async () => {
    await declare("resumed");
    const reader = await listen();
    await reader.until(({ id }) => id !== null);
    const lastId = reader.lastId() ?? "";
    await reader.close();

    await declare("meanwhile");
    await publish("resumed");
    const again = await listen("/api/events", lastId);
    await again.until(topology("queue", "created", "meanwhile"));
    await again.until(queue("resumed", 1));

    const databaseUrl = api.databaseUrl;
    const node = { name: "another", kind: "web" as const, version: "0" };
    const other = composeBroker({ databaseUrl, node, onError: (message, error) => console.error(message, error) });
    try {
      const elsewhere = await openEventStream({
        hub: new EventHub(other.broker),
        position: lastId,
        sight: { whole: true, vhost: () => true },
        recheck: async () => ({ whole: true, vhost: () => true }),
        signal: AbortSignal.timeout(30_000),
      });
      const bytes = elsewhere.pipeThrough(new TextDecoderStream()).getReader();
      let text = "";
      while (!text.includes('"name":"meanwhile"')) text += (await bytes.read()).value ?? expect.fail(text);
      await bytes.cancel();
    } finally {
      await other.close();
    }
  });

  it("says that everything is to be looked at when more happened than is kept", async () => {
    const long = await listen("/api/events?since=0.1");
    expect((await long.until(({ event }) => event === "hello")).data).toEqual({ complete: false });
    await long.until(({ event }) => event === "reset");
    // A position of another database: this one has not come so far.
    const foreign = await listen(`/api/events?since=999999999.${Date.now()}`);
    await foreign.until(({ event }) => event === "reset");
  });

  it("refuses what is no position, and whoever may not look", async () => {
    expect((await api.call("GET", "/api/events?since=x")).status).toBe(400);
    await api.addUser("blind", "blind", []);
    expect((await api.call("GET", "/api/events", { as: "blind:blind" })).status).toBe(403);
    expect((await api.call("GET", "/api/events", { as: null })).status).toBe(401);
  });
});
