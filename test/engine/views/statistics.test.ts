import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { expireSamples, foldCounters, takeSamples, thinSamples } from "@/lib/engine/duties/statistics";
import { expectTrueCounts } from "@/test/engine/views/accounts";
import { actor, createFixture, type Fixture } from "@/test/engine/views/fixture";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await createFixture();
});
afterEach(() => fixture.close());

const bodies = (count: number) => Array.from({ length: count }, (_, index) => `m${index}`);
const minute = { ageMs: 60_000, incrementMs: 5_000 };

/** Makes all that was sampled so far lie further back. */
async function age(seconds: number): Promise<void> {
  for (const table of ["queue_sample", "exchange_sample", "vhost_sample"]) {
    await fixture.sql(`UPDATE warren.${table} SET at = at - $1 * interval '1 s'`, [seconds]);
  }
  for (const table of ["queue_counter", "exchange_counter"]) {
    await fixture.sql(`UPDATE warren.${table} SET changed_at = changed_at - $1 * interval '1 s'`, [seconds]);
  }
}

describe("rates", () => {
  test("are zero before anything is known, and when nothing happens", async () => {
    const name = await fixture.queue();
    await fixture.publish(name, bodies(50));
    expect((await fixture.broker.getQueue(actor, "/", name)).rates.publish).toBe(0);
    await takeSamples(fixture.context);
    await age(60);
    await takeSamples(fixture.context);
    await age(7);
    const status = await fixture.broker.getQueue(actor, "/", name);
    expect(status.rates).toMatchObject({ publish: 0, get: 0, ack: 0 });
    expect(status.totals.publish).toBe(50);
    expect(status.state).toBe("idle");
    expect(status.idleSince).not.toBeNull();
  });

  test("are what happened since the last tick but one, also in a queue that stood still before", async () => {
    const name = await fixture.queue();
    await fixture.publish(name, bodies(1000));
    await takeSamples(fixture.context);
    await age(3600);
    const begun = performance.now();
    /** What comes to so many in the ten seconds and since. */
    const rateOf = (count: number) => count / (11 + (performance.now() - begun) / 1000);
    await takeSamples(fixture.context);
    await age(10);
    await fixture.publish(name, bodies(100));
    const leased = await fixture.lease(name, 50);
    await fixture.broker.settle(
      actor,
      leased.map((message) => ({ receipt: message.receipt ?? "", outcome: { kind: "ack" as const } })),
    );
    for (const folded of [false, true]) {
      if (folded) await foldCounters(fixture.context);
      const status = await fixture.broker.getQueue(actor, "/", name);
      expect(status.rates.publish).toBeGreaterThan(rateOf(100));
      expect(status.rates.publish).toBeLessThanOrEqual(10);
      expect(status.rates.get).toBeGreaterThan(rateOf(50));
      expect(status.rates.ack).toBeGreaterThan(rateOf(50));
      expect(status.state).toBe("running");
      expect(status.counts).toMatchObject({ ready: 1050, unacknowledged: 0 });
      const all = await fixture.broker.overview(actor, minute);
      expect(all.rates.publish).toBeGreaterThan(rateOf(100));
      expect(all.rates.publish).toBeLessThanOrEqual(10);
      expect(all.totals).toMatchObject({ publish: 1100, get: 50, ack: 50 });
      const exchange = await fixture.broker.getExchange(actor, "/", "");
      expect(exchange.publishInRate).toBeGreaterThan(rateOf(100));
      expect(exchange.publishIn).toBe(1100);
    }
    const points = await fixture.broker.queueSamples(actor, "/", name, minute);
    expect(points).toHaveLength(12);
    expect(points.at(-1)).toMatchObject({ ready: 1050 });
    const drawn = points.reduce((sum, point) => sum + point.rates.publish * 5, 0);
    expect(drawn).toBeCloseTo(100, 6);
  });

  test("of the whole broker survive the deletion of a queue", async () => {
    const name = await fixture.queue();
    await fixture.publish(name, bodies(10));
    await foldCounters(fixture.context);
    await fixture.broker.deleteQueue(actor, "/", name, { ifEmpty: false, ifUnused: false });
    const all = await fixture.broker.overview(actor, minute, { vhosts: ["/"] });
    expect(all.totals.publish).toBe(10);
    expect(all.counts.ready).toBe(0);
    expect(all.samples).toHaveLength(12);
  });
});

describe("counters", () => {
  test("are the same before and after folding, whoever folds at the same time", async () => {
    const names = await Promise.all(Array.from({ length: 5 }, () => fixture.queue()));
    const folding = (async () => {
      for (let round = 0; round < 40; round++) {
        await Promise.all([foldCounters(fixture.context), foldCounters(fixture.context)]);
      }
    })();
    for (let round = 1; round <= 10; round++) {
      await Promise.all(names.map((name) => fixture.publish(name, bodies(20))));
      const queues = await fixture.broker.listQueues(actor, { vhost: "/" });
      expect(queues.map((queue) => queue.counts.ready)).toEqual(names.map(() => round * 20));
      expect(queues.map((queue) => queue.totals.publish)).toEqual(names.map(() => round * 20));
    }
    await folding;
    await expectTrueCounts(fixture);
  });

  test("of a thousand queues are listed in one statement", async () => {
    await fixture.sql(`INSERT INTO warren.queue (vhost_id, name, type, durable, auto_delete, exclusive)
      SELECT 1, 'many-' || n, 'classic', true, false, false FROM generate_series(1, 1000) n`);
    await fixture.sql(`INSERT INTO warren.queue_delta (queue_id, ready, publish)
      SELECT id, 3, 3 FROM warren.queue`);
    await takeSamples(fixture.context);
    await age(6);
    await fixture.sql("INSERT INTO warren.queue_delta (queue_id, ready, publish) SELECT id, 6, 6 FROM warren.queue");
    await fixture.broker.listQueues(actor, { trend: true });
    const began = performance.now();
    const queues = await fixture.broker.listQueues(actor, { trend: true });
    console.log(`1,000 queues, all of them busy: ${Math.round(performance.now() - began)} ms`);
    expect(queues).toHaveLength(1000);
    expect(queues.every((queue) => queue.counts.ready === 9 && queue.rates.publish > 0.5)).toBe(true);
    expect(queues.every((queue) => queue.trend.length === 30 && queue.trend.at(-1) === 9)).toBe(true);
  });
});

describe("samples", () => {
  test("are written only where something changed, and by one node only", async () => {
    const [busy, quiet] = [await fixture.queue(), await fixture.queue()];
    await fixture.publish(busy, ["a"]);
    await fixture.publish(quiet, ["a"]);
    await Promise.all([takeSamples(fixture.context), takeSamples(fixture.context)]);
    await age(5);
    await fixture.publish(busy, ["b"]);
    await takeSamples(fixture.context);
    const rows = await fixture.sql<{ name: string; n: number }>(`
      SELECT q.name, count(*) AS n FROM warren.queue_sample s JOIN warren.queue q ON q.id = s.queue_id GROUP BY q.name`);
    expect(new Map(rows.map((row) => [row.name, row.n]))).toEqual(
      new Map([
        [busy, 2],
        [quiet, 1],
      ]),
    );
    const [ticks] = await fixture.sql<{ n: number }>("SELECT count(*) AS n FROM warren.vhost_sample");
    expect(ticks?.n).toBe(2);
  });

  test("are thinned with age, and the last of a queue is kept", async () => {
    const name = await fixture.queue();
    const old = await fixture.queue();
    await fixture.sql(
      `INSERT INTO warren.queue_sample SELECT q.id, now() - n * interval '5 s', n, 0, 0, 0, 0, 0, 0, 0, 0
       FROM warren.queue q, generate_series(1, 4320) n WHERE q.name = $1`,
      [name],
    );
    await fixture.sql(
      `INSERT INTO warren.queue_sample SELECT q.id, now() - n * interval '1 day', n, 0, 0, 0, 0, 0, 0, 0, 0
       FROM warren.queue q, generate_series(2, 3) n WHERE q.name = $1`,
      [old],
    );
    await expireSamples(fixture.context);
    await thinSamples(fixture.context);
    const between = async (from: string, to: string) => {
      const [row] = await fixture.sql<{ n: number }>(
        `SELECT count(*) AS n FROM warren.queue_sample s JOIN warren.queue q ON q.id = s.queue_id
         WHERE q.name = $1 AND s.at <= now() - $2::interval AND s.at > now() - $3::interval`,
        [name, from, to],
      );
      return row?.n ?? 0;
    };
    expect(await between("0", "10 min")).toBeGreaterThanOrEqual(119);
    expect(await between("12 min", "2 h 50 min")).toBeGreaterThanOrEqual(157);
    expect(await between("12 min", "2 h 50 min")).toBeLessThanOrEqual(159);
    expect(await between("3 h 20 min", "5 h 50 min")).toBeLessThanOrEqual(16);
    const kept = await fixture.sql<{ ready: number }>(
      "SELECT s.ready FROM warren.queue_sample s JOIN warren.queue q ON q.id = s.queue_id WHERE q.name = $1",
      [old],
    );
    expect(kept).toEqual([{ ready: 2 }]);
  });
});
