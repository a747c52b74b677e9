import { afterEach, beforeEach, expect, test } from "vitest";
import { foldCounters } from "@/lib/engine/duties/statistics";
import { expectTrueCounts } from "@/test/engine/views/accounts";
import { actor, createFixture, type Fixture } from "@/test/engine/views/fixture";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await createFixture();
});
afterEach(() => fixture.close());

const names = (count: number, prefix = "m") => Array.from({ length: count }, (_, index) => `${prefix}${index}`);

const tables = ["entry", "deferred", "cursor", "envelope", "dead_letter", "message", "queue_delta", "queue_counter"];

/** Everything that is stored, with the versions of the rows: a row that was written again is another. */
async function contents(): Promise<unknown> {
  return Promise.all(
    tables.map((table) => fixture.sql(`SELECT ctid, xmin, xmax, t.* FROM warren.${table} t ORDER BY ctid`)),
  );
}

test("looking changes nothing: no row, no version, no lock", async () => {
  const { origin, dlq } = await fixture.grave(names(20));
  await fixture.publish(origin, names(20));
  const leased = await fixture.lease(origin, 5);
  await fixture.broker.settle(
    actor,
    leased.slice(0, 2).map((message) => ({
      receipt: message.receipt ?? "",
      outcome: { kind: "requeue" as const, delayMs: 60_000 },
    })),
  );
  const before = await contents();
  const look = { vhost: "/", limit: 7, bodyLimit: 100 } as const;
  for (const order of ["oldest", "newest"] as const) {
    for (const queue of [origin, dlq]) {
      for (const states of [undefined, ["ready"], ["unacked"], ["delayed"], ["dead"], ["ready", "unacked"]] as const) {
        await fixture.broker.peek(actor, { ...look, order, queue, ...(states && { states }) });
      }
    }
    await fixture.broker.peek(actor, { ...look, order, filter: { text: "m1" } });
    await fixture.broker.listDeadLetters(actor, { ...look, order, filter: { reason: "rejected" } });
  }
  await fixture.broker.getMessage(actor, { vhost: "/", queue: origin, id: leased[4]?.id ?? 0 });
  await fixture.broker.listQueues(actor, { trend: true });
  await fixture.broker.getQueue(actor, "/", origin);
  await fixture.broker.countDeadLetters(actor, { vhost: "/", filter: { text: "m1" } });
  expect(await contents()).toEqual(before);
});

test("states are told apart, each wherever it stands", async () => {
  const { origin, dlq } = await fixture.grave(names(4));
  await fixture.publish(origin, names(10));
  const leased = await fixture.lease(origin, 4);
  await fixture.broker.settle(actor, [
    { receipt: leased[0]?.receipt ?? "", outcome: { kind: "requeue" } },
    { receipt: leased[1]?.receipt ?? "", outcome: { kind: "requeue", delayMs: 60_000 } },
  ]);
  await fixture.lease(dlq, 1);
  const states = async (queue: string, wanted?: readonly ("ready" | "unacked" | "delayed" | "dead")[]) => {
    const page = await fixture.broker.peek(actor, {
      vhost: "/",
      queue,
      order: "oldest",
      limit: 50,
      bodyLimit: 9,
      ...(wanted && { states: wanted }),
    });
    return page.items.map((item) => `${Buffer.from(item.body)} ${item.state}`);
  };
  const all = [
    "m0 ready",
    "m1 delayed",
    "m2 unacked",
    "m3 unacked",
    ...names(10)
      .slice(4)
      .map((name) => `${name} ready`),
  ];
  expect(await states(origin)).toEqual(all);
  expect(await states(origin, ["ready"])).toEqual(all.filter((line) => line.endsWith(" ready")));
  expect(await states(origin, ["unacked", "delayed"])).toEqual(all.slice(1, 4));
  expect(await states(origin, ["unacked", "ready"])).toEqual(all.filter((line) => !line.endsWith("delayed")));
  expect(await states(dlq)).toEqual(["m0 unacked", "m1 dead", "m2 dead", "m3 dead"]);
  expect(await states(dlq, ["dead"])).toEqual(["m1 dead", "m2 dead", "m3 dead"]);
  expect(await states(dlq, ["ready"])).toEqual([]);
  const everywhere = async (wanted: readonly ("unacked" | "delayed" | "dead")[], order: "oldest" | "newest") => {
    const page = await fixture.broker.peek(actor, { vhost: "/", states: wanted, order, limit: 50, bodyLimit: 9 });
    return page.items.map((item) => `${Buffer.from(item.body)} ${item.state}`);
  };
  expect((await everywhere(["unacked", "delayed"], "oldest")).sort()).toEqual(
    ["m0 unacked", "m1 delayed", "m2 unacked", "m3 unacked"].sort(),
  );
  expect(await everywhere(["dead"], "newest")).toEqual(["m3 dead", "m2 dead", "m1 dead"]);
  const held = await fixture.broker.getMessage(actor, { vhost: "/", queue: origin, id: leased[2]?.id ?? 0 });
  expect(held.lease?.holder).toContain("tester");
  expect(held.lease?.until?.getTime()).toBeGreaterThan(Date.now());
});

test("pages miss nothing and show nothing twice while messages come and go", async () => {
  const name = await fixture.queue();
  await fixture.publish(name, names(400, "old"));
  let moving = true;
  const consuming = (async () => {
    for (let round = 0; moving; round++) {
      await fixture.publish(name, names(10, `new${round}.`));
      const leased = await fixture.lease(name, 3);
      await fixture.broker.settle(
        actor,
        leased.map((message, index) => ({
          receipt: message.receipt ?? "",
          outcome: index === 0 ? { kind: "requeue" as const, counts: false } : { kind: "ack" as const },
        })),
      );
    }
  })();
  for (const order of ["oldest", "newest"] as const) {
    const seen: string[] = [];
    const ids: number[] = [];
    let cursor: string | null | undefined;
    do {
      const page = await fixture.broker.peek(actor, {
        vhost: "/",
        queue: name,
        order,
        limit: 25,
        bodyLimit: 50,
        ...(cursor && { cursor }),
      });
      seen.push(...page.items.map((item) => Buffer.from(item.body).toString()));
      ids.push(...page.items.map((item) => item.id));
      cursor = page.next;
    } while (cursor && seen.length < 2000);
    expect(new Set(seen).size).toBe(seen.length);
    expect(ids).toEqual([...ids].sort((a, b) => (order === "oldest" ? a - b : b - a)));
    // What stood still behind the consumer all the time was seen.
    for (let index = 300; index < 400; index++) expect(seen).toContain(`old${index}`);
  }
  moving = false;
  await consuming;
  await expectTrueCounts(fixture);
});

test("counts are true after whatever happened, by many at once", async () => {
  const graves = await Promise.all([fixture.grave(names(40)), fixture.grave(names(40))]);
  const queues = [...graves.flatMap(({ origin, dlq }) => [origin, dlq]), await fixture.queue()];
  const pick = <T>(from: readonly T[]): T => from[Math.floor(Math.random() * from.length)] as T;
  const trash: string[] = [];
  const { broker } = fixture;
  const deeds: (() => Promise<unknown>)[] = [
    () => fixture.publish(pick(queues), names(8)),
    async () => {
      const leased = await fixture.lease(pick(queues), 6);
      const outcomes = [
        { kind: "ack" },
        { kind: "requeue" },
        { kind: "requeue", delayMs: 5 },
        { kind: "reject" },
      ] as const;
      await broker.settle(
        actor,
        leased.slice(1).map((message) => ({ receipt: message.receipt ?? "", outcome: pick(outcomes) })),
      );
    },
    () => broker.retryDeadLetters(actor, { vhost: "/", selection: { kind: "all", queue: pick(graves).dlq } }),
    async () => {
      const all = { kind: "all", filter: { text: pick(["m1", "m2", "m3"]) } } as const;
      const discarded = await broker.discardDeadLetters(actor, "/", all);
      expect(discarded.matched).toBe(discarded.done + discarded.skippedCount);
      if (discarded.trash) trash.push(discarded.trash);
    },
    async () => {
      const purged = await broker.purgeQueue(actor, "/", pick(queues));
      if (purged.trash) trash.push(purged.trash);
    },
    async () => {
      const batch = trash.shift();
      if (batch) await broker.restoreTrash(actor, batch);
    },
    () =>
      broker.moveMessages(actor, {
        vhost: "/",
        from: pick(queues),
        to: { exchange: "", routingKey: pick(queues) },
        selection: { kind: "all" },
      }),
    () => foldCounters(fixture.context),
  ];
  for (let round = 0; round < 6; round++) {
    await Promise.all(Array.from({ length: 12 }, () => pick(deeds)()));
    await expectTrueCounts(fixture);
  }
}, 60_000);
