import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PeekedMessage } from "@/lib/broker/message";
import type { PeekRequest } from "@/lib/broker/requests";
import { overview } from "@/lib/engine/views/overview";
import { getMessage, peek } from "@/lib/engine/views/peek";
import { getQueue, listQueues } from "@/lib/engine/views/queues";
import { createFixture, type Fixture } from "@/test/engine/views/fixture";

let fixture: Fixture;
beforeAll(async () => {
  fixture = await createFixture();
});
afterAll(() => fixture.close());

const bodyOf = (message: PeekedMessage) => Buffer.from(message.body).toString();

async function allPages(request: Omit<PeekRequest, "cursor">): Promise<PeekedMessage[]> {
  const all: PeekedMessage[] = [];
  let cursor: string | undefined;
  do {
    const page = await peek(fixture.context, { ...request, ...(cursor !== undefined && { cursor }) });
    all.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return all;
}

describe("peek", () => {
  test("pages in the order of service and against it, complete and without doubles", async () => {
    const queue = await fixture.queue();
    const bodies = Array.from({ length: 250 }, (_, index) => `m${index}`);
    await fixture.publish(queue, bodies);
    const request = { vhost: "/", queue: queue, limit: 40, bodyLimit: 100 };
    expect((await allPages({ ...request, order: "oldest" })).map(bodyOf)).toEqual(bodies);
    expect((await allPages({ ...request, order: "newest" })).map(bodyOf)).toEqual([...bodies].reverse());
    expect((await allPages({ ...request, order: "newest", states: ["ready"] })).map(bodyOf)).toEqual(
      bodies.toReversed(),
    );
    expect(await allPages({ ...request, order: "oldest", states: ["unacked", "delayed"] })).toEqual([]);
    const mine = (await allPages({ vhost: "/", limit: 33, bodyLimit: 10, order: "oldest" })).filter(
      (message) => message.queue === queue,
    );
    expect(mine.map(bodyOf)).toEqual(bodies);
    expect((await listQueues(fixture.context, { trend: true })).find((q) => q.name === queue)?.counts.ready).toBe(250);
    const status = await getQueue(fixture.context, "/", queue);
    expect(status.headEnqueuedAt).toBeInstanceOf(Date);
    expect(status.trend).toHaveLength(30);
    const message = await getMessage(fixture.context, { vhost: "/", queue: queue, id: mine[3]?.id ?? 0 });
    expect(bodyOf(message)).toBe("m3");
    const all = await overview(fixture.context, { ageMs: 60_000, incrementMs: 5_000 });
    expect(all.counts.ready).toBeGreaterThanOrEqual(250);
    expect(all.nodes.at(-1)?.kind).toBe("postgres");
  });

  test("reaches over all virtual hosts, and in all of them to the queues of one name", async () => {
    const actor = { user: "tester", tags: [], address: null, door: "system" } as const;
    const { broker } = fixture;
    for (const vhost of ["one", "other"]) {
      await broker.putVhost(actor, { name: vhost });
      for (const name of ["shared", `only-${vhost}`]) {
        const kind = { durable: true, autoDelete: false, exclusive: false, arguments: new Map() };
        await broker.declareQueue(actor, { vhost, name, ...kind });
        const to = { vhost, exchange: "", routingKey: name, properties: {} };
        await broker.publish(actor, { ...to, body: Buffer.from(`${vhost} ${name}`) });
      }
    }
    const request = { vhost: null, limit: 3, bodyLimit: 100, order: "newest" as const };
    const all = (await allPages(request)).filter(({ vhost }) => vhost !== "/");
    expect(all.map(bodyOf)).toEqual(["other only-other", "other shared", "one only-one", "one shared"]);
    const shared = await allPages({ ...request, queue: "shared" });
    expect(shared.map(bodyOf)).toEqual(["other shared", "one shared"]);
    expect(await allPages({ ...request, queue: "shared", states: ["dead"] })).toEqual([]);
  });
});
