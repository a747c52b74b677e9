import { afterEach, beforeEach, expect, test } from "vitest";
import { expireTrash, sweepLeftovers } from "@/lib/engine/duties/housekeeping";
import { delayedMessages } from "@/lib/engine/duties/leases";
import { foldCounters } from "@/lib/engine/duties/statistics";
import { unusedQueues } from "@/lib/engine/duties/unused-queues";
import { expectTrueCounts } from "@/test/engine/views/accounts";
import { actor, createFixture, type Fixture } from "@/test/engine/views/fixture";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await createFixture();
});
afterEach(() => fixture.close());

const bodies = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `m${from + index}`);

async function remove(name: string): Promise<string> {
  const options = { ifEmpty: false, ifUnused: false, restorable: true };
  const { trash } = await fixture.broker.deleteQueue(actor, "/", name, options);
  return trash ?? "";
}

async function lying(name: string): Promise<readonly string[]> {
  const page = await fixture.broker.peek(actor, { vhost: "/", queue: name, order: "oldest", limit: 100, bodyLimit: 9 });
  return page.items.map(({ id, state, body }) => `${id} ${state} ${Buffer.from(body).toString()}`);
}

async function bind(source: string, name: string, routingKey: string): Promise<void> {
  const destination = { kind: "queue" as const, name };
  await fixture.broker.bind(actor, { vhost: "/", source, destination, routingKey, arguments: new Map() });
}

/** What a duty node does to what is left of deleted things. */
async function sweep(): Promise<void> {
  await foldCounters(fixture.context);
  await expireTrash(fixture.context);
  await sweepLeftovers(fixture.context);
}

test("comes back with its bindings, arguments, and messages in every state", async () => {
  const { broker } = fixture;
  const { origin, dlq } = await fixture.grave(bodies(3));
  await fixture.publish(dlq, bodies(5, 3));
  await bind("amq.topic", dlq, "a.#");
  await bind("amq.direct", dlq, "a");
  const [first, second, third] = await fixture.lease(dlq, 3);
  await broker.settle(actor, [
    { receipt: first?.receipt ?? "", outcome: { kind: "requeue" } },
    { receipt: second?.receipt ?? "", outcome: { kind: "requeue", delayMs: 60_000 } },
  ]);
  const bindings = await broker.listBindings(actor, { destination: { kind: "queue", name: dlq } });
  const [before, messages] = [await broker.getQueue(actor, "/", dlq), await lying(dlq)];
  expect(before.counts).toMatchObject({ ready: 6, unacknowledged: 1, delayed: 1 });

  const batch = await remove(dlq);
  await sweep();
  expect((await broker.listQueues(actor, {})).map(({ name }) => name)).toEqual([origin]);
  expect((await broker.listDeadLetters(actor, { vhost: "/", order: "newest", limit: 9, bodyLimit: 9 })).items).toEqual(
    [],
  );
  expect(await broker.countDeadLetters(actor, { vhost: "/" })).toBe(0);
  const [listed] = await broker.listTrash(actor, "/");
  expect(listed).toMatchObject({ id: batch, action: "delete", queue: dlq, count: 8, by: "tester", restoredAt: null });
  expect(listed?.deletedQueue?.bindings).toEqual([
    { source: "amq.topic", routingKey: "a.#" },
    { source: "amq.direct", routingKey: "a" },
  ]);

  expect(await broker.restoreTrash(actor, batch)).toEqual({ restored: 8 });
  await foldCounters(fixture.context);
  await expectTrueCounts(fixture);
  const { rates, totals, ...after } = await broker.getQueue(actor, "/", dlq);
  expect(after).toMatchObject({ counts: before.counts, arguments: before.arguments, createdAt: before.createdAt });
  expect(await lying(dlq)).toEqual(messages);
  expect(await broker.listBindings(actor, { destination: { kind: "queue", name: dlq } })).toEqual(bindings);
  expect((await broker.listTrash(actor, "/"))[0]).toMatchObject({ restoredAt: expect.any(Date), deletedQueue: null });
  await expect(broker.restoreTrash(actor, batch)).rejects.toMatchObject({ code: "conflict" });

  // Who held one of its messages still does.
  await broker.settle(actor, [{ receipt: third?.receipt ?? "", outcome: { kind: "ack" } }]);
  await fixture.publish(dlq, ["new"]);
  const taken = await fixture.lease(dlq, 100);
  expect(taken.map(({ body }) => Buffer.from(body).toString())).toEqual(["m0", "m3", "m4", "m5", "m6", "m7", "new"]);
});

test("what happens to its messages while it is away is counted", async () => {
  const name = await fixture.queue();
  await fixture.publish(name, bodies(4));
  const [acknowledged, delayed] = await fixture.lease(name, 2);
  const wait = { kind: "requeue" as const, delayMs: 60_000 };
  await fixture.broker.settle(actor, [{ receipt: delayed?.receipt ?? "", outcome: wait }]);
  const batch = await remove(name);
  await fixture.broker.settle(actor, [{ receipt: acknowledged?.receipt ?? "", outcome: { kind: "ack" } }]);
  await fixture.sql("UPDATE warren.deferred SET available_at = now()");
  await delayedMessages.run(fixture.context, new AbortController().signal);
  await sweep();
  expect(await fixture.broker.restoreTrash(actor, batch)).toEqual({ restored: 3 });
  await foldCounters(fixture.context);
  await expectTrueCounts(fixture);
  expect((await fixture.broker.getQueue(actor, "/", name)).counts).toMatchObject({ ready: 3, unacknowledged: 0 });
});

test("an empty one comes back as well, without what it was bound to that is gone", async () => {
  const name = await fixture.queue();
  const kind = { durable: true, autoDelete: false, internal: false, arguments: new Map() };
  for (const exchange of ["gone", "made-anew"]) {
    await fixture.broker.declareExchange(actor, { vhost: "/", name: exchange, type: "direct", ...kind });
    await bind(exchange, name, "key");
  }
  const batch = await remove(name);
  for (const exchange of ["gone", "made-anew"]) {
    await fixture.broker.deleteExchange(actor, "/", exchange, { ifUnused: false });
  }
  await fixture.broker.declareExchange(actor, { vhost: "/", name: "made-anew", type: "direct", ...kind });
  expect(await fixture.broker.restoreTrash(actor, batch)).toEqual({ restored: 0 });
  const bound = await fixture.broker.listBindings(actor, { destination: { kind: "queue", name } });
  expect(bound.map(({ source, routingKey }) => [source, routingKey])).toEqual([
    ["", name],
    ["made-anew", "key"],
  ]);
});

test("not while there is one of its name, or no room for it", async () => {
  const name = await fixture.queue();
  await fixture.publish(name, ["old"]);
  const batch = await remove(name);
  const kind = { durable: true, autoDelete: false, exclusive: false, arguments: new Map() };
  await fixture.broker.declareQueue(actor, { vhost: "/", name, ...kind });
  await expect(fixture.broker.restoreTrash(actor, batch)).rejects.toMatchObject({ code: "conflict" });
  await fixture.broker.deleteQueue(actor, "/", name, { ifEmpty: false, ifUnused: false });
  await fixture.sql("INSERT INTO warren.vhost_limit (vhost_id, name, value) VALUES (1, 'max-queues', 0)");
  await expect(fixture.broker.restoreTrash(actor, batch)).rejects.toMatchObject({ code: "precondition-failed" });
  await fixture.sql("DELETE FROM warren.vhost_limit");
  expect(await fixture.broker.restoreTrash(actor, batch)).toEqual({ restored: 1 });
});

test("one that expires unused has its whole time again", async () => {
  const name = await fixture.queue(new Map([["x-expires", { t: "l", v: 3_600_000 }]]));
  const batch = await remove(name);
  await fixture.sql(
    "UPDATE warren.trash_queue SET queue = queue || jsonb_build_object('created_at', now() - interval '2 h')",
  );
  await fixture.broker.restoreTrash(actor, batch);
  await unusedQueues.run(fixture.context, new AbortController().signal);
  expect((await fixture.broker.getQueue(actor, "/", name)).name).toBe(name);
});

test("nothing is left of it when its time in the trash is over", async () => {
  const { dlq } = await fixture.grave(bodies(3));
  const batch = await remove(dlq);
  await fixture.sql("UPDATE warren.trash_batch SET expires_at = now()");
  await sweep();
  await expect(fixture.broker.restoreTrash(actor, batch)).rejects.toMatchObject({ code: "not-found" });
  for (const table of ["trash_batch", "trash_queue", "entry", "envelope", "dead_letter"]) {
    expect([table, await fixture.sql(`SELECT * FROM warren.${table}`)]).toEqual([table, []]);
  }
});

test("only what is asked to be restorable is, and never what a connection owns", async () => {
  const name = await fixture.queue();
  await fixture.publish(name, ["x"]);
  const plainly = { ifEmpty: false, ifUnused: false };
  expect(await fixture.broker.deleteQueue(actor, "/", name, plainly)).toEqual({ messages: 1 });
  const exclusive = { durable: false, autoDelete: false, exclusive: true, arguments: new Map() };
  await fixture.broker.declareQueue(actor, { vhost: "/", name: "own", ...exclusive });
  expect(await fixture.broker.deleteQueue(actor, "/", "own", { ...plainly, restorable: true })).toEqual({
    messages: 0,
  });
  expect(await fixture.broker.listTrash(actor, "/")).toEqual([]);
  await sweep();
  expect(await fixture.sql("SELECT * FROM warren.entry")).toEqual([]);
});
