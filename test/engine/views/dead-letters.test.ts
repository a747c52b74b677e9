import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { discardDeadLetters } from "@/lib/engine/dead-letters/discard";
import { countDeadLetters, listDeadLetters } from "@/lib/engine/dead-letters/list";
import { retryDeadLetters } from "@/lib/engine/dead-letters/retry";
import { moveMessages } from "@/lib/engine/move/messages";
import { purgeQueue } from "@/lib/engine/trash/purge";
import { listTrash, restoreTrash } from "@/lib/engine/trash/restore";
import { peek } from "@/lib/engine/views/peek";
import { expectTrueCounts } from "@/test/engine/views/accounts";
import { actor, createFixture, type Fixture } from "@/test/engine/views/fixture";

let fixture: Fixture;
beforeAll(async () => {
  fixture = await createFixture();
});
afterAll(() => fixture.close());

const names = (count: number, prefix = "m") => Array.from({ length: count }, (_, index) => `${prefix}${index}`);

async function lying(queue: string) {
  const page = await peek(fixture.context, { vhost: "/", queue, order: "oldest", limit: 1000, bodyLimit: 1000 });
  return page.items.map((item) => ({ id: item.id, body: Buffer.from(item.body).toString(), state: item.state }));
}

const bodiesIn = async (queue: string) => (await lying(queue)).map(({ body }) => body);

const grave = (count: number) => fixture.grave(names(count));

describe("dead letters", () => {
  test("are listed and counted by queue, reason and origin, with what they failed of", async () => {
    const { origin, dlq } = await grave(30);
    const query = { vhost: "/", queue: dlq, order: "newest", limit: 10, bodyLimit: 100 } as const;
    const page = await listDeadLetters(fixture.context, query);
    expect(page.items.map((item) => Buffer.from(item.body).toString())).toEqual(names(30).reverse().slice(0, 10));
    expect(page.items[0]?.death).toMatchObject({ reason: "rejected", originQueue: origin, errorType: "TestError" });
    expect(page.next).not.toBeNull();
    const count = (filter: object) => countDeadLetters(fixture.context, { vhost: "/", filter });
    expect(await countDeadLetters(fixture.context, { vhost: "/", queue: dlq })).toBe(30);
    expect(await count({ originQueue: origin })).toBe(30);
    expect(await count({ originQueue: origin, reason: "expired" })).toBe(0);
    expect(await count({ originQueue: origin, text: "M2" })).toBe(11);
    expect(await count({ originQueue: origin, errorType: "testerror", routingKey: dlq.toUpperCase() })).toBe(30);
    const filtered = await listDeadLetters(fixture.context, { ...query, filter: { text: "m29" } });
    expect(filtered.items).toHaveLength(1);
    expect(filtered.next).toBeNull();
  });

  test("go back to the queue they died in, each once, though two people retry all at once", async () => {
    const { origin, dlq } = await grave(1200);
    const request = { vhost: "/", selection: { kind: "all", queue: dlq } } as const;
    const [a, b] = await Promise.all([
      retryDeadLetters(fixture.context, actor, request),
      retryDeadLetters(fixture.context, actor, request),
    ]);
    expect(a.done + b.done).toBe(1200);
    for (const result of [a, b]) expect(result.matched).toBe(result.done + result.skippedCount);
    expect(await lying(dlq)).toEqual([]);
    const back = await peek(fixture.context, { vhost: "/", queue: origin, order: "oldest", limit: 1000, bodyLimit: 9 });
    expect(back.items[0]?.properties.headers?.has("x-death")).toBe(true);
    expect(back.items[0]).toMatchObject({ exchange: "", routingKey: origin, state: "ready", death: null });
    const [row] = await fixture.sql<{ n: number }>(
      "SELECT count(DISTINCT message_id) AS n FROM warren.entry WHERE queue_id = (SELECT id FROM warren.queue WHERE name = $1)",
      [origin],
    );
    expect(row?.n).toBe(1200);
    await expectTrueCounts(fixture);
  });

  test("that can't go back are told one by one", async () => {
    const { origin, dlq } = await grave(3);
    const letters = await lying(dlq);
    const [first, second] = letters;
    await fixture.sql("UPDATE warren.dead_letter SET origin_queue = 'gone' WHERE seq = $1", [first?.id]);
    const ref = (id: number | undefined) => ({ queue: dlq, id: id ?? 0 });
    const result = await retryDeadLetters(fixture.context, actor, {
      vhost: "/",
      selection: { kind: "messages", refs: [ref(first?.id), ref(second?.id), ref(12345), { queue: "none", id: 1 }] },
    });
    expect(result).toMatchObject({ matched: 4, done: 1, skippedCount: 3 });
    expect(result.skipped.map((skipped) => skipped.why)).toEqual(
      expect.arrayContaining([
        expect.stringContaining("'gone' is not there any more"),
        expect.stringContaining("already gone"),
        expect.stringContaining("no queue 'none'"),
      ]),
    );
    expect(await bodiesIn(origin)).toEqual(["m1"]);
    await expect(
      retryDeadLetters(fixture.context, actor, {
        vhost: "/",
        selection: { kind: "all", queue: dlq },
        to: { exchange: "nowhere", routingKey: "" },
      }),
    ).rejects.toMatchObject({ code: "not-found" });
    const unrouted = await retryDeadLetters(fixture.context, actor, {
      vhost: "/",
      selection: { kind: "all", queue: dlq },
      to: { exchange: "amq.topic", routingKey: "x" },
    });
    expect(unrouted).toMatchObject({ matched: 2, done: 0, skippedCount: 2 });
    await expectTrueCounts(fixture);
  });

  test("that a consumer holds are left to it", async () => {
    const { dlq } = await grave(4);
    await fixture.lease(dlq, 1);
    const retried = await retryDeadLetters(fixture.context, actor, {
      vhost: "/",
      selection: { kind: "all", queue: dlq },
    });
    expect(retried).toMatchObject({ matched: 4, done: 3, skippedCount: 1 });
    expect(retried.skipped[0]?.why).toContain("A consumer holds it");
    const id = (await lying(dlq))[0]?.id ?? 0;
    const discarded = await discardDeadLetters(fixture.context, actor, "/", {
      kind: "messages",
      refs: [
        { queue: dlq, id },
        { queue: dlq, id },
      ],
    });
    expect(discarded).toMatchObject({ matched: 1, done: 0, skippedCount: 1, trash: null });
  });

  test("that are discarded come back with their order and ids, between those that stayed", async () => {
    const { dlq } = await grave(50);
    const before = await lying(dlq);
    const refs = before.filter((_, index) => index % 3 === 0).map(({ id }) => ({ queue: dlq, id }));
    const [a, b] = await Promise.all([
      discardDeadLetters(fixture.context, actor, "/", { kind: "messages", refs }),
      discardDeadLetters(fixture.context, actor, "/", { kind: "messages", refs }),
    ]);
    expect(a.done + b.done).toBe(refs.length);
    expect(a.skippedCount + b.skippedCount).toBe(refs.length);
    expect(await lying(dlq)).toEqual(before.filter((_, index) => index % 3 !== 0));
    await expectTrueCounts(fixture);
    for (const { trash, done } of [a, b]) {
      if (done === 0) expect(trash).toBeNull();
      else expect(await restoreTrash(fixture.context, actor, trash ?? "")).toEqual({ restored: done });
    }
    expect(await lying(dlq)).toEqual(before);
    const death = (
      await listDeadLetters(fixture.context, { vhost: "/", queue: dlq, order: "oldest", limit: 1, bodyLimit: 0 })
    ).items[0]?.death;
    expect(death).toMatchObject({ errorMessage: "failed on m0", count: 1 });
    await expect(restoreTrash(fixture.context, actor, a.trash ?? b.trash ?? "")).rejects.toMatchObject({
      code: "conflict",
    });
    await expectTrueCounts(fixture);
  });
});

describe("purging and moving", () => {
  test("thousands that came back are purged again", async () => {
    const name = await fixture.queue();
    await fixture.publish(name, ["one"]);
    const copies = `WITH more AS (
      INSERT INTO warren.entry (queue_id, rank, seq, message_id, enqueued_at, bytes, has_envelope, dead)
      SELECT queue_id, rank, nextval('warren.seq'), message_id, enqueued_at, bytes, has_envelope, dead
      FROM warren.entry, generate_series(1, 9999)
      WHERE queue_id = (SELECT id FROM warren.queue WHERE name = $1) RETURNING queue_id, bytes
    ) INSERT INTO warren.queue_delta (queue_id, ready, ready_bytes) SELECT queue_id, count(*), sum(bytes) FROM more GROUP BY 1`;
    await fixture.sql(copies, [name]);
    const first = await purgeQueue(fixture.context, actor, "/", name);
    await restoreTrash(fixture.context, actor, first.trash ?? "");
    // Comparing each with each took longer than a test may.
    expect((await purgeQueue(fixture.context, actor, "/", name)).messages).toBe(10_000);
  });

  test("a purged queue comes back in order, before what was published meanwhile", async () => {
    const name = await fixture.queue();
    await fixture.publish(name, names(100));
    const before = await lying(name);
    const purged = await purgeQueue(fixture.context, actor, "/", name);
    expect(purged.messages).toBe(100);
    expect(await lying(name)).toEqual([]);
    await fixture.publish(name, ["later"]);
    expect((await listTrash(fixture.context, "/")).find((batch) => batch.id === purged.trash)).toMatchObject({
      action: "purge",
      queue: name,
      count: 100,
      by: "tester",
      restoredAt: null,
    });
    expect(await restoreTrash(fixture.context, actor, purged.trash ?? "")).toEqual({ restored: 100 });
    const after = await lying(name);
    expect(after.slice(0, 100)).toEqual(before);
    expect(after[100]?.body).toBe("later");
    expect(await purgeQueue(fixture.context, actor, "/", await fixture.queue())).toEqual({
      messages: 0,
      trash: null,
    });
    await expectTrueCounts(fixture);
  });

  test("moving all stops at what was there when it began, also into the same queue", async () => {
    const from = await fixture.queue();
    const to = await fixture.queue();
    await fixture.publish(from, names(700));
    const same = await moveMessages(fixture.context, actor, {
      vhost: "/",
      from,
      to: { exchange: "", routingKey: from },
      selection: { kind: "all" },
    });
    expect(same).toMatchObject({ matched: 700, done: 700 });
    expect(await bodiesIn(from)).toEqual(names(700));
    const some = await moveMessages(fixture.context, actor, {
      vhost: "/",
      from,
      to: { exchange: "", routingKey: to },
      selection: { kind: "all", filter: { text: "m69" } },
    });
    expect(some.done).toBe(11);
    expect(await bodiesIn(to)).toEqual(["m69", ...names(10, "m69")]);
    await expectTrueCounts(fixture);
  });
});
