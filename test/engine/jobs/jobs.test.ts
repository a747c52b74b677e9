import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JobWork } from "@/lib/broker/jobs";
import { peek } from "@/lib/engine/views/peek";
import { expectSum, retryOf, start, toTheEnd, turn } from "@/test/engine/jobs/support";
import { expectTrueCounts } from "@/test/engine/views/accounts";
import { actor, createFixture, type Fixture } from "@/test/engine/views/fixture";

let fixture: Fixture;
beforeAll(async () => {
  fixture = await createFixture();
});
afterAll(() => fixture.close());

const names = (count: number, prefix = "m") => Array.from({ length: count }, (_, index) => `${prefix}${index}`);
const depth = async (queue: string) => (await fixture.broker.getQueue(actor, "/", queue)).counts.ready;

async function reject(queue: string, max: number) {
  const leased = await fixture.lease(queue, max);
  const outcome = { kind: "reject" as const, error: { type: "Again" } };
  await fixture.broker.settle(
    actor,
    leased.map(({ receipt }) => ({ receipt: receipt ?? "", outcome })),
  );
  return leased.length;
}

async function acknowledge(queue: string, max: number) {
  const leased = await fixture.lease(queue, max);
  await fixture.broker.settle(
    actor,
    leased.map(({ receipt }) => ({ receipt: receipt ?? "", outcome: { kind: "ack" as const } })),
  );
}

describe("a job", { timeout: 300_000 }, () => {
  test("retries what lay there when it began, each once, and adds up at every moment", async () => {
    const { origin, dlq } = await fixture.grave(names(1300));
    const job = await start(fixture, retryOf(dlq));
    expect(job).toMatchObject({ state: "preparing", startedBy: "tester", kind: "retry" });
    await fixture.publish(origin, ["late"]);
    await reject(origin, 1);
    const done = await toTheEnd(fixture, job.id);
    expect(done).toMatchObject({
      state: "completed",
      counts: { start: 1300, done: 1300, failedAgain: 0, skipped: 0, remaining: 0 },
    });
    expect(await depth(dlq)).toBe(1);
    expect(await depth(origin)).toBe(1300);
    const first = await peek(fixture.context, { vhost: "/", queue: origin, order: "oldest", limit: 5, bodyLimit: 9 });
    expect(first.items.map(({ body }) => Buffer.from(body).toString())).toEqual(names(5));
    await expectTrueCounts(fixture);
  });

  test("with a filter that looks into messages means those that matched, and no later ones", async () => {
    const { origin, dlq } = await fixture.grave([...names(700, "even"), ...names(600, "odd")]);
    const work: JobWork = {
      kind: "retry",
      selection: { kind: "all", queue: dlq, filter: { text: "odd" } },
      missingOrigin: "refuse",
    };
    const plan = await fixture.broker.jobs.plan(actor, { vhost: "/", work, rate: null, canary: null, asked: {} });
    expect(plan).toMatchObject({ matched: 600, exact: true, withoutOrigin: 0 });
    expect(plan.origins).toEqual([{ queue: origin, count: 600, exists: true }]);
    expect(plan.sample).toHaveLength(10);
    const { id } = await start(fixture, work);
    await turn(fixture.context);
    await fixture.publish(origin, ["odd late"]);
    await reject(origin, 1);
    expect((await toTheEnd(fixture, id)).counts).toMatchObject({ start: 600, done: 600 });
    expect(await depth(dlq)).toBe(701);
  });

  test("shares messages with another: one has each, the other says who took it", async () => {
    const { dlq } = await fixture.grave(names(1200));
    const one = await start(fixture, retryOf(dlq), { user: "ann" });
    const two = await start(fixture, { kind: "discard", selection: { kind: "all", queue: dlq } }, { user: "bob" });
    const ends = [await toTheEnd(fixture, one.id), await toTheEnd(fixture, two.id)];
    expect(ends.map(({ counts }) => counts.start)).toEqual([1200, 1200]);
    const [ann, bob] = ends;
    expect((ann?.counts.done ?? 0) + (bob?.counts.done ?? 0)).toBe(1200);
    expect((ann?.counts.skipped ?? 0) + (bob?.counts.skipped ?? 0)).toBe(1200);
    const said = ends.flatMap(({ errors }) => errors.map(({ why }) => why));
    for (const why of said) {
      expect([
        "A job of ann (retry) took it.",
        "A job of bob (discard) took it.",
        "bob put it into the trash (discard).",
      ]).toContain(why);
    }
    expect(said.length).toBeGreaterThan(0);
    await expectTrueCounts(fixture);
  });

  test("in canary steps stops when messages fail again, and goes on when the worker is mended", async () => {
    const { origin, dlq } = await fixture.grave(names(60));
    const canary = { steps: [1, 10], settleMs: 60_000, stopAtFailedPercent: 20 };
    const { id } = await start(fixture, retryOf(dlq), { canary });
    await turn(fixture.context);
    await turn(fixture.context);
    let job = await fixture.broker.jobs.get(actor, id);
    expect(job.step).toMatchObject({ number: 1, of: 3, size: 1, sent: 1, failedAgain: 0, inFlight: 1 });
    expect(await depth(origin)).toBe(1);
    expect(await reject(origin, 10)).toBe(1);
    job = await toTheEnd(fixture, id);
    expect(job).toMatchObject({ state: "stopped", counts: { start: 60, done: 0, failedAgain: 1, remaining: 59 } });
    expect(job.reason).toContain("1 of the 1 messages sent in step 1 failed again (100 %");
    expect(await depth(dlq)).toBe(60);

    job = await fixture.broker.jobs.resume({ ...actor, user: "ann" }, id);
    expect(job).toMatchObject({ state: "running", reason: null, changedBy: "ann", step: { number: 2, size: 10 } });
    await turn(fixture.context);
    expect(await depth(origin)).toBe(10);
    // One in ten is less than a fifth: it goes on, but only once the others are settled.
    await reject(origin, 1);
    await turn(fixture.context);
    expect((await fixture.broker.jobs.get(actor, id)).step).toMatchObject({ number: 2, failedAgain: 1 });
    await acknowledge(origin, 9);
    let last = await fixture.broker.jobs.get(actor, id);
    while (last.step?.number !== 3 || last.counts.remaining > 0) {
      await turn(fixture.context);
      last = await fixture.broker.jobs.get(actor, id);
      expectSum(last);
    }
    await acknowledge(origin, 100);
    job = await toTheEnd(fixture, id);
    expect(job).toMatchObject({
      state: "completed",
      counts: { start: 60, done: 58, failedAgain: 2, skipped: 0, remaining: 0 },
    });
    const failed = await fixture.broker.jobs.items(actor, id, { state: "failed_again", limit: 10 });
    expect(failed.items).toHaveLength(2);
    expect((await fixture.broker.jobs.items(actor, id, { state: "done", limit: 50 })).next).toBe(52);
    await expectTrueCounts(fixture);
  });

  test("goes on when a step's messages are not settled in time", async () => {
    const { origin, dlq } = await fixture.grave(names(3));
    const canary = { steps: [1], settleMs: 1, stopAtFailedPercent: 10 };
    const { id } = await start(fixture, retryOf(dlq), { canary });
    expect(await toTheEnd(fixture, id)).toMatchObject({ state: "completed", counts: { done: 3 } });
    expect(await depth(origin)).toBe(3);
  });

  test("asks when letters have no queue to go back to", async () => {
    const { origin, dlq } = await fixture.grave(names(5));
    await fixture.sql(
      "UPDATE warren.dead_letter SET origin_queue = 'gone' WHERE seq IN (SELECT seq FROM warren.dead_letter WHERE origin_queue = $1 LIMIT 2)",
      [origin],
    );
    const refused = start(fixture, retryOf(dlq));
    await expect(refused).rejects.toMatchObject({
      code: "precondition-failed",
      detail: { without_origin: 2, origins: [{ queue: "gone", count: 2 }] },
    });
    const skipping = await start(fixture, {
      ...{ kind: "retry", selection: { kind: "all", queue: dlq }, missingOrigin: "skip" },
    });
    const skipped = await toTheEnd(fixture, skipping.id);
    expect(skipped).toMatchObject({ state: "completed", counts: { start: 5, done: 3, skipped: 2 } });
    expect(skipped.errors).toEqual([{ why: expect.stringContaining("'gone'"), count: 2 }]);
    const to = { exchange: "", routingKey: origin };
    const given = await start(fixture, {
      kind: "retry",
      selection: { kind: "all", queue: dlq },
      missingOrigin: "refuse",
      to,
    });
    expect((await toTheEnd(fixture, given.id)).counts).toMatchObject({ start: 2, done: 2 });
  });

  test("stops when its target is deleted or full, loses nothing, and can be resumed", async () => {
    const { origin, dlq } = await fixture.grave(names(600));
    const { id } = await start(fixture, retryOf(dlq), { rate: 100_000 });
    await turn(fixture.context);
    await turn(fixture.context);
    const before = await fixture.broker.jobs.get(actor, id);
    expect(before.counts).toMatchObject({ done: 500, remaining: 100 });
    await fixture.broker.deleteQueue(actor, "/", origin, { ifUnused: false, ifEmpty: false });
    const stopped = await toTheEnd(fixture, id);
    expect(stopped).toMatchObject({ state: "stopped", counts: { start: 600, done: 500, skipped: 0, remaining: 100 } });
    expect(stopped.reason).toContain(origin);
    expect(stopped.errors).toEqual([{ why: expect.stringContaining(origin), count: 100 }]);
    expect(await depth(dlq)).toBe(100);
    const kind = { durable: true, autoDelete: false, exclusive: false };
    await fixture.broker.declareQueue(actor, { vhost: "/", name: origin, ...kind, arguments: new Map() });
    await fixture.broker.jobs.resume(actor, id);
    expect(await toTheEnd(fixture, id)).toMatchObject({ state: "completed", counts: { done: 600, remaining: 0 } });
    expect(await depth(origin)).toBe(100);
    await expectTrueCounts(fixture);
  });

  test("is paused, resumed, given another rate and cancelled, but not when that is too late", async () => {
    const { dlq } = await fixture.grave(names(40));
    const { id } = await start(fixture, retryOf(dlq), { rate: 5 });
    await turn(fixture.context);
    await turn(fixture.context);
    await turn(fixture.context);
    expect((await fixture.broker.jobs.get(actor, id)).counts.done).toBeLessThanOrEqual(3);
    const paused = await fixture.broker.jobs.pause({ ...actor, user: "ann" }, id);
    expect(paused).toMatchObject({ state: "paused", reason: "Paused by ann.", changedBy: "ann" });
    expect(await turn(fixture.context)).toBe(false);
    await expect(fixture.broker.jobs.pause(actor, id)).rejects.toMatchObject({
      ...{ code: "conflict", detail: { job: { state: "paused" } } },
    });
    await fixture.broker.jobs.resume(actor, id);
    expect(await fixture.broker.jobs.setRate(actor, id, null)).toMatchObject({ rate: null, state: "running" });
    expect((await toTheEnd(fixture, id)).counts.done).toBe(40);
    await expect(fixture.broker.jobs.cancel(actor, id)).rejects.toMatchObject({ code: "conflict" });

    const more = await fixture.grave(names(20));
    const other = await start(fixture, retryOf(more.dlq), { rate: 5 });
    await turn(fixture.context);
    await turn(fixture.context);
    const cancelled = await fixture.broker.jobs.cancel(actor, other.id);
    expect(cancelled.state).toBe("cancelled");
    expectSum(cancelled);
    expect(await depth(more.dlq)).toBe(20 - cancelled.counts.done);
    const listed = await fixture.broker.jobs.list(actor, { vhost: "/", states: ["cancelled"], limit: 1 });
    expect(listed.items.map((job) => job.id)).toEqual([other.id]);
    const pages = await fixture.broker.jobs.list(actor, { limit: 1 });
    const next = await fixture.broker.jobs.list(actor, { limit: 1, cursor: pages.next ?? "" });
    expect(next.items[0]?.id).not.toBe(pages.items[0]?.id);
  });

  test("discards into one batch, which a job restores; purges", async () => {
    const { dlq } = await fixture.grave(names(1100));
    const discarding = await start(fixture, { kind: "discard", selection: { kind: "all", queue: dlq } });
    const discarded = await toTheEnd(fixture, discarding.id);
    expect(discarded).toMatchObject({ state: "completed", counts: { start: 1100, done: 1100 } });
    expect(await depth(dlq)).toBe(0);
    const restoring = await start(fixture, { kind: "restore", trash: discarded.trash ?? "" }, { rate: 2000 });
    expect(restoring.counts.start).toBe(1100);
    expect(await toTheEnd(fixture, restoring.id)).toMatchObject({ state: "completed", counts: { done: 1100 } });
    expect(await depth(dlq)).toBe(1100);
    await expect(start(fixture, { kind: "restore", trash: discarded.trash ?? "" })).rejects.toMatchObject({
      code: "conflict",
    });
    const purging = await start(fixture, { kind: "purge", queue: dlq }, { rate: 4000 });
    await fixture.publish(dlq, ["late"]);
    const purged = await toTheEnd(fixture, purging.id);
    expect(purged).toMatchObject({ state: "completed", counts: { start: 1100, done: 1100, skipped: 0 } });
    expect(await depth(dlq)).toBe(1);
    await expectTrueCounts(fixture);
  });

  test("is what too many for one call are sent to, and live pages hear of it", async () => {
    const { origin, dlq } = await fixture.grave(names(3));
    const all = { kind: "all", queue: dlq } as const;
    await fixture.sql(
      "INSERT INTO warren.queue_delta (queue_id, dead) SELECT id, 20000 FROM warren.queue WHERE name = $1",
      [dlq],
    );
    await expect(fixture.broker.retryDeadLetters(actor, { vhost: "/", selection: all })).rejects.toThrow("20003");
    await expect(fixture.broker.discardDeadLetters(actor, "/", all)).rejects.toMatchObject({ code: "bad-request" });
    await fixture.sql(
      "INSERT INTO warren.queue_delta (queue_id, dead) SELECT id, -20000 FROM warren.queue WHERE name = $1",
      [dlq],
    );
    const { id } = await start(fixture, retryOf(dlq));
    await toTheEnd(fixture, id);
    expect(await depth(origin)).toBe(3);
    const told = await fixture.sql("SELECT action FROM warren.event WHERE kind = 'job' AND name = $1 ORDER BY id", [
      id,
    ]);
    expect(told).toEqual([{ action: "created" }, { action: "completed" }]);
  });

  test("moves messages that are named; those that are gone are told with who took them", async () => {
    const from = await fixture.queue();
    const target = await fixture.queue();
    await fixture.publish(from, names(4));
    const { items } = await peek(fixture.context, { vhost: "/", queue: from, order: "oldest", limit: 9, bodyLimit: 0 });
    const refs = items.map(({ id }) => ({ queue: from, id }));
    await fixture.lease(from, 1);
    const to = { exchange: "", routingKey: target };
    const work: JobWork = {
      kind: "move",
      ...{
        from,
        to,
        selection: { kind: "messages", refs: [...refs, { queue: from, id: 1 }, { queue: "none", id: 2 }] },
      },
    };
    const { id } = await start(fixture, work);
    const job = await toTheEnd(fixture, id);
    expect(job).toMatchObject({ state: "completed", counts: { start: 6, done: 3, skipped: 3, remaining: 0 } });
    const skipped = await fixture.broker.jobs.items(actor, id, { state: "skipped", limit: 10 });
    expect(skipped.items.map(({ why }) => why)).toEqual([
      expect.stringContaining("A consumer holds it"),
      expect.stringContaining("already gone"),
      expect.stringContaining("no queue 'none'"),
    ]);
    expect(await depth(target)).toBe(3);
  });
});
