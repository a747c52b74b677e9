import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fromPlain } from "@/lib/broker/properties/plain";
import { expireTrash, sweepLeftovers } from "@/lib/engine/duties/housekeeping";
import {
  dropOldPartitions,
  dropPartitions,
  type PartitionRules,
  rotatePartitions,
} from "@/lib/engine/duties/partitions";
import { expectTrueCounts } from "@/test/engine/views/accounts";
import { actor, createFixture, type Fixture } from "@/test/engine/views/fixture";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await createFixture();
});
afterEach(() => fixture.close());

const eager: PartitionRules = {
  moveOnAfterMs: 0,
  moveOnFromBytes: 0,
  moveOnAtBytes: 0,
  moveOnAtLatestMs: 0,
  knownForMs: 0,
  keptMs: 0,
  keptBytes: 0,
};

const tables = async () =>
  (
    await fixture.sql<{ name: string }>(
      "SELECT c.relname AS name FROM pg_partition_tree('warren.message') t JOIN pg_class c ON c.oid = t.relid WHERE isleaf",
    )
  ).map((row) => row.name);

describe("partitions", () => {
  test("change while publishing goes on, and nothing is lost or out of order", async () => {
    const name = await fixture.queue();
    let publishing = true;
    const rotating = (async () => {
      while (publishing) {
        await fixture.sql("UPDATE warren.partition SET created_at = created_at - interval '2 s'");
        await rotatePartitions(fixture.context, eager);
      }
    })();
    const expected: string[] = [];
    const changed = async () => (await tables()).length > 4;
    for (let round = 0; round < 60 || !(await changed()); round++) {
      const bodies = Array.from({ length: 25 }, (_, index) => `${round}.${index}`);
      expected.push(...bodies);
      await fixture.publish(name, bodies);
    }
    publishing = false;
    await rotating;
    const found: string[] = [];
    for (let left = expected.length; left > 0; left -= 500) {
      const leased = await fixture.lease(name, 500);
      found.push(...leased.map((message) => Buffer.from(message.body).toString()));
    }
    expect(found).toEqual(expected);
    await expectTrueCounts(fixture);
  });

  test("are dropped when nothing refers to them, and not before", async () => {
    const name = await fixture.queue();
    const rotate = async () => {
      await fixture.sql("UPDATE warren.partition SET created_at = created_at - interval '2 s'");
      await rotatePartitions(fixture.context, eager);
    };
    await rotate();
    await fixture.publish(name, ["first"]);
    await rotate();
    await rotate();
    await fixture.publish(name, ["second"]);
    await rotate();
    await rotate();
    await dropPartitions(fixture.context, eager);
    expect(await tables()).toContain("message_1");

    const purged = await fixture.broker.purgeQueue(actor, "/", name);
    await dropPartitions(fixture.context, eager);
    expect(await tables()).toContain("message_1");

    await fixture.sql("UPDATE warren.trash_batch SET expires_at = now() WHERE id = $1", [purged.trash]);
    await expireTrash(fixture.context);
    expect(await fixture.broker.listTrash(actor)).toEqual([]);
    await dropPartitions(fixture.context, eager);
    expect(await tables()).not.toContain("message_1");
    await fixture.publish(name, ["third"]);
    expect((await fixture.lease(name, 10)).map((message) => Buffer.from(message.body).toString())).toEqual(["third"]);
  });

  test("stay while a replay may need them", async () => {
    const name = await fixture.queue();
    await fixture.publish(name, ["first", "second"]);
    const leased = await fixture.lease(name, 10);
    const outcome = { kind: "ack" as const };
    await fixture.broker.settle(
      actor,
      leased.map(({ receipt }) => ({ receipt: receipt ?? "", outcome })),
    );
    const work = { kind: "replay" as const, source: { queue: name }, includeWaiting: false, markTime: false };
    const { id } = await fixture.broker.jobs.start(actor, { vhost: "/", work, rate: null, canary: null, asked: {} });
    for (let round = 0; round < 4; round++) {
      await fixture.sql("UPDATE warren.partition SET created_at = created_at - interval '2 s'");
      await rotatePartitions(fixture.context, eager);
    }
    await dropPartitions(fixture.context, eager);
    expect(await tables()).toContain("message_1");
    await fixture.broker.jobs.cancel(actor, id);
    await dropPartitions(fixture.context, eager);
    expect(await tables()).toContain("message_1");
    await fixture.sql("UPDATE warren.job SET ended_at = now() - interval '2 hours'");
    await dropPartitions(fixture.context, eager);
    expect(await tables()).not.toContain("message_1");
  });

  test("the oldest go when they are too large together, however young, but for those that something refers to", async () => {
    const name = await fixture.queue();
    const rotate = async () => {
      await fixture.sql("UPDATE warren.partition SET created_at = created_at - interval '2 s'");
      await rotatePartitions(fixture.context, eager);
    };
    await rotate();
    // In each of the partitions 1 to 4 some 200 KB, of which only the second is still waited for.
    for (const round of [1, 2, 3, 4]) {
      await fixture.publish(
        name,
        Array.from({ length: 20 }, () => `${round}`.repeat(10_000)),
      );
      if (round !== 2) {
        const leased = await fixture.lease(name, 500);
        const gone = leased.filter(
          (message) => message.bodySize > 0 && Buffer.from(message.body).toString()[0] !== "2",
        );
        await fixture.broker.settle(
          actor,
          gone.map(({ receipt }) => ({ receipt: receipt ?? "", outcome: { kind: "ack" } })),
        );
      }
      await rotate();
      await rotate();
    }
    const messages = async () => (await tables()).filter((table) => /_[1-4]$/.test(table)).toSorted();
    const written = await fixture.sql<{ n: number }>("SELECT DISTINCT (message_id >> 32)::int AS n FROM warren.entry");
    expect(written).toHaveLength(1);
    const before = await messages();
    const day = 24 * 3600 * 1000;
    await dropPartitions(fixture.context, { ...eager, keptMs: day, keptBytes: 10_000_000 });
    expect(await messages()).toEqual(before);
    await dropPartitions(fixture.context, { ...eager, keptMs: day, keptBytes: 600_000 });
    const after = await messages();
    expect(after).not.toContain("message_1");
    expect(after).toContain(`message_${written[0]?.n}`);
    await fixture.sql(
      `INSERT INTO warren.setting (name, value, changed_by) VALUES ('retention', '{"bytes": 0}', 'tester')`,
    );
    await dropOldPartitions(fixture.context);
    expect((await messages()).filter((table) => table !== `message_${written[0]?.n}`)).toEqual([]);
  });

  test("a table in use is left alone, and nobody waits for it", async () => {
    const lax = { ...eager, keptMs: -10_000 };
    await rotatePartitions(fixture.context, eager);
    const client = fixture.context.database.dedicatedClient();
    await client.connect();
    await fixture.sql("UPDATE warren.partition SET closed_at = now() - interval '1 s' WHERE number = 1");
    await client.query("BEGIN; LOCK TABLE warren.message_1 IN ACCESS SHARE MODE");
    await dropPartitions(fixture.context, lax);
    expect(await tables()).toContain("message_1");
    await client.end();
    await dropPartitions(fixture.context, lax);
    expect(await tables()).toEqual(["message_2"]);
  });
});

describe("housekeeping", () => {
  test("leaves nothing of a deleted queue", async () => {
    const { origin, dlq } = await fixture.grave(["a", "b", "c"]);
    await fixture.publish(origin, ["d", "e"]);
    await fixture.lease(origin, 1);
    for (const name of [origin, dlq]) {
      await fixture.broker.deleteQueue(actor, "/", name, { ifEmpty: false, ifUnused: false });
    }
    await sweepLeftovers(fixture.context);
    for (const table of [
      "entry",
      "claim",
      "deferred",
      "envelope",
      "dead_letter",
      "cursor",
      "queue_counter",
      "queue_sample",
    ]) {
      expect(await fixture.sql(`SELECT FROM warren.${table}`)).toEqual([]);
    }
  });
});

test("partitions stay as long as a queue or an exchange wants whose messages lie in them", async () => {
  const declared = await fixture.queue(fromPlain({ "x-retention": 3_600_000 }));
  await fixture.publish(declared, ["a"]);
  const [leased] = await fixture.lease(declared, 1);
  await fixture.broker.settle(actor, [{ receipt: leased?.receipt ?? "", outcome: { kind: "ack" } }]);
  const keep = async () => {
    const rows = await fixture.sql<{ keep: number | null }>("SELECT max(keep_ms) AS keep FROM warren.partition");
    return rows[0]?.keep;
  };
  expect(await keep()).toBe(3_600_000);
  const kept = { vhost: "/", name: "kept", type: "fanout", durable: true, autoDelete: false, internal: false } as const;
  await fixture.broker.declareExchange(actor, { ...kept, arguments: fromPlain({ "x-retention": 3_600_001 }) });
  const other = await fixture.queue();
  const destination = { kind: "queue", name: other } as const;
  await fixture.broker.bind(actor, { vhost: "/", source: "kept", destination, routingKey: "", arguments: new Map() });
  const to = { vhost: "/", exchange: "kept", routingKey: "", properties: {} };
  await fixture.broker.publish(actor, { ...to, body: Buffer.from("b") });
  expect(await keep()).toBe(3_600_001);
  const [second] = await fixture.lease(other, 1);
  await fixture.broker.settle(actor, [{ receipt: second?.receipt ?? "", outcome: { kind: "ack" } }]);

  for (let i = 0; i < 4; i++) {
    await fixture.sql("UPDATE warren.partition SET created_at = created_at - interval '2 s'");
    await rotatePartitions(fixture.context, eager);
  }
  const hour = { ...eager, keptBytes: Number.MAX_SAFE_INTEGER };
  await dropPartitions(fixture.context, hour);
  expect((await tables()).includes("message_1")).toBe(true);
  await fixture.sql("UPDATE warren.partition SET closed_at = closed_at - interval '61 min'");
  await dropPartitions(fixture.context, hour);
  expect((await tables()).includes("message_1")).toBe(false);
});
