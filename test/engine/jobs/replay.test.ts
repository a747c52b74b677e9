import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JobPlan, ReplayWork } from "@/lib/broker/jobs";
import { longString, textOf } from "@/lib/broker/properties/field-value";
import { start, toTheEnd, turn } from "@/test/engine/jobs/support";
import { expectTrueCounts } from "@/test/engine/views/accounts";
import { actor, createFixture, type Fixture } from "@/test/engine/views/fixture";

let fixture: Fixture;
beforeAll(async () => {
  fixture = await createFixture();
});
afterAll(() => fixture.close());

const names = (count: number, prefix = "m") => Array.from({ length: count }, (_, index) => `${prefix}${index}`);

/** A topic exchange with two queues bound to it. */
async function routing() {
  const exchange = `x-${randomUUID()}`;
  const kind = { durable: true, autoDelete: false, internal: false, arguments: new Map() };
  await fixture.broker.declareExchange(actor, { vhost: "/", name: exchange, type: "topic", ...kind });
  const queues = [await fixture.queue(), await fixture.queue()] as const;
  for (const [index, name] of queues.entries()) {
    const destination = { kind: "queue" as const, name };
    const routingKey = index === 0 ? "order.#" : "#";
    await fixture.broker.bind(actor, { vhost: "/", source: exchange, destination, routingKey, arguments: new Map() });
  }
  return { exchange, orders: queues[0], all: queues[1] };
}

async function publish(exchange: string, routingKey: string, bodies: readonly string[], tenant = "acme") {
  const properties = { deliveryMode: 2, messageId: "id", headers: new Map([["tenant", longString(tenant)]]) };
  for (const body of bodies) {
    await fixture.broker.publish(actor, { vhost: "/", exchange, routingKey, properties, body: Buffer.from(body) });
  }
}

async function consume(queue: string) {
  const leased = await fixture.lease(queue, 1000);
  await fixture.broker.settle(
    actor,
    leased.map(({ receipt }) => ({ receipt: receipt ?? "", outcome: { kind: "ack" as const } })),
  );
  return leased;
}

const bodies = (messages: readonly { readonly body: Uint8Array }[]) =>
  messages.map(({ body }) => Buffer.from(body).toString());
const replay = (more: Partial<ReplayWork>): ReplayWork => ({
  ...{ kind: "replay", source: {}, includeWaiting: false, markTime: false },
  ...more,
});
const plan = (work: ReplayWork): Promise<JobPlan> =>
  fixture.broker.jobs.plan(actor, { vhost: "/", work, rate: null, canary: null, asked: {} });

describe("a replay", { timeout: 300_000 }, () => {
  test("sends what was acknowledged once more, marked, as it was, and to another queue if asked", async () => {
    const { exchange, orders, all } = await routing();
    await publish(exchange, "order.placed", names(30));
    await publish(exchange, "stock.low", names(5, "s"));
    await consume(orders);
    await consume(all);
    const target = await fixture.queue();
    const work = replay({ source: { queue: orders }, to: { exchange: "", routingKey: target }, markTime: true });
    const planned = await plan(work);
    expect(planned).toMatchObject({ matched: 30, exact: true });
    expect(planned.retained).toHaveLength(10);
    expect(planned.retained[0]).toMatchObject({ exchange, routingKey: "order.placed", targets: [target] });
    const { id } = await start(fixture, work);
    expect(await toTheEnd(fixture, id)).toMatchObject({ state: "completed", counts: { start: 30, done: 30 } });
    const again = await consume(target);
    expect(bodies(again)).toEqual(names(30));
    const [first] = again;
    expect(first).toMatchObject({ exchange: "", routingKey: target, redelivered: false });
    expect(textOf(first?.properties.headers?.get("x-replay-id"))).toBe(id);
    expect(first?.properties.headers?.get("x-replayed-at")?.t).toBe("T");
    expect(textOf(first?.properties.headers?.get("tenant"))).toBe("acme");
    expect(first?.properties.messageId).toBe("id");
    expect(await consume(orders)).toEqual([]);
    await expectTrueCounts(fixture);
  });

  test("by the original route reaches the queues that it leads to now", async () => {
    const { exchange, orders, all } = await routing();
    await publish(exchange, "order.placed", names(3));
    await publish(exchange, "stock.low", ["s"]);
    for (const queue of [orders, all]) await consume(queue);
    const { id } = await start(fixture, replay({ source: { exchange } }));
    expect((await toTheEnd(fixture, id)).counts).toMatchObject({ start: 4, done: 4 });
    expect(bodies(await consume(orders))).toEqual(names(3));
    expect(bodies(await consume(all))).toEqual([...names(3), "s"]);
  });

  test("leaves out what still lies where it was routed, unless asked", async () => {
    const { exchange, orders, all } = await routing();
    await publish(exchange, "order.placed", names(10));
    await consume(all);
    const taken = await fixture.lease(orders, 4);
    await fixture.broker.settle(
      actor,
      taken.map(({ receipt }) => ({ receipt: receipt ?? "", outcome: { kind: "ack" as const } })),
    );
    expect((await plan(replay({ source: { queue: orders } }))).matched).toBe(4);
    expect((await plan(replay({ source: { queue: orders }, includeWaiting: true }))).matched).toBe(10);
    expect((await plan(replay({ source: { exchange } }))).matched).toBe(4);
  });

  test("means a range of time and a filter, and nothing that comes later", async () => {
    const { exchange, orders, all } = await routing();
    await publish(exchange, "order.placed", names(4, "old"));
    await fixture.sql(
      "UPDATE warren.message SET published_at = published_at - interval '2 hours' WHERE exchange = $1",
      [exchange],
    );
    const between = new Date(Date.now() - 3_600_000);
    await publish(exchange, "order.placed", names(4, "new"));
    await publish(exchange, "order.placed", names(2, "other"), "umbrella");
    for (const queue of [orders, all]) await consume(queue);
    expect((await plan(replay({ source: { exchange }, since: between }))).matched).toBe(6);
    expect((await plan(replay({ source: { exchange }, until: between }))).matched).toBe(4);
    const filter = { fields: [{ path: "headers.tenant", value: "umbrella" }] };
    expect((await plan(replay({ source: { exchange }, filter }))).matched).toBe(2);
    const work = replay({ source: { exchange }, since: between, filter: { text: "NEW" } });
    expect((await plan(work)).matched).toBe(4);
    const { id } = await start(fixture, work);
    await publish(exchange, "order.placed", ["new late"]);
    for (const queue of [orders, all]) await consume(queue);
    expect((await toTheEnd(fixture, id)).counts).toMatchObject({ start: 4, done: 4 });
    expect(bodies(await consume(orders))).toEqual(names(4, "new"));
  });

  test("sends each message once though two nodes work at it, and though it is paused and resumed", async () => {
    const { exchange, orders, all } = await routing();
    await publish(exchange, "order.placed", names(300));
    for (const queue of [orders, all]) await consume(queue);
    const { id } = await start(fixture, replay({ source: { exchange } }), { rate: 500 });
    await turn(fixture.context);
    await Promise.all([turn(fixture.context), turn(fixture.context), turn(fixture.context)]);
    await fixture.broker.jobs.pause(actor, id);
    await fixture.broker.jobs.resume(actor, id);
    await fixture.broker.jobs.setRate(actor, id, null);
    const [job] = await Promise.all([toTheEnd(fixture, id), toTheEnd(fixture, id)]);
    expect(job.counts).toMatchObject({ start: 300, done: 300, skipped: 0 });
    expect(bodies(await consume(orders)).sort()).toEqual(names(300).sort());
    expect(await consume(all)).toHaveLength(300);
  });

  test("tells what leads nowhere, and stops where its target is full", async () => {
    const { exchange, orders, all } = await routing();
    await publish(exchange, "order.placed", names(6));
    for (const queue of [orders, all]) await consume(queue);
    const small = await fixture.queue(
      new Map([
        ["x-max-length", { t: "l", v: 4 }],
        ["x-overflow", longString("reject-publish")],
      ]),
    );
    const { id } = await start(fixture, replay({ source: { exchange }, to: { exchange: "", routingKey: small } }));
    const stopped = await toTheEnd(fixture, id);
    expect(stopped).toMatchObject({ state: "stopped", counts: { start: 6, done: 4, remaining: 2, skipped: 0 } });
    expect(stopped.reason).toContain("full");
    await consume(small);
    await fixture.broker.jobs.resume(actor, id);
    expect(await toTheEnd(fixture, id)).toMatchObject({ state: "completed", counts: { done: 6 } });

    await publish(exchange, "order.placed", ["gone"]);
    for (const queue of [orders, all]) await consume(queue);
    const work = replay({ source: { exchange }, filter: { text: "gone" } });
    const other = await start(fixture, work);
    await turn(fixture.context);
    for (const queue of [orders, all]) {
      await fixture.broker.deleteQueue(actor, "/", queue, { ifUnused: false, ifEmpty: false });
    }
    const skipped = await toTheEnd(fixture, other.id);
    expect(skipped).toMatchObject({ state: "completed", counts: { start: 1, done: 0, skipped: 1 } });
    expect(skipped.errors[0]?.why).toContain("to no queue");
  });
});
