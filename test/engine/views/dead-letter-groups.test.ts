import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DeadLetterGroup, GroupQuery } from "@/lib/broker/dead-letter-groups";
import { longString } from "@/lib/broker/properties/field-value";
import type { FailureReport } from "@/lib/broker/requests";
import { KnownGroups } from "@/lib/engine/dead-lettering/known-groups";
import { foldGroups, groupOldLetters } from "@/lib/engine/duties/dead-groups";
import { actor, createFixture, type Fixture } from "@/test/engine/views/fixture";

let fixture: Fixture;
beforeAll(async () => {
  fixture = await createFixture();
});
afterAll(() => fixture.close());

/** A queue with a dead-letter queue of its own. */
async function pair() {
  const dlq = await fixture.queue();
  const deadLettering: [string, ReturnType<typeof longString>][] = [
    ["x-dead-letter-exchange", longString("")],
    ["x-dead-letter-routing-key", longString(dlq)],
  ];
  return { dlq, origin: await fixture.queue(new Map(deadLettering)) };
}

/** Lets what lies in a queue fail, each with its error. */
async function fail(queue: string, errors: readonly FailureReport[]) {
  await fixture.publish(
    queue,
    errors.map((_, index) => `m${index}`),
  );
  const leased = await fixture.lease(queue, 1000);
  await fixture.broker.settle(
    actor,
    leased.map((message, index) => ({
      receipt: message.receipt ?? "",
      outcome: { kind: "reject" as const, error: errors[index] ?? {} },
    })),
  );
}

const list = async (query: Partial<GroupQuery>) =>
  fixture.broker.groups.list(actor, { vhost: "/", sort: "count", direction: "desc", limit: 50, ...query });
const only = async (queue: string): Promise<DeadLetterGroup> => {
  const { items } = await list({ queue, empty: true });
  expect(items).toHaveLength(1);
  return items[0] as DeadLetterGroup;
};

/** What the groups say must be what lies there. */
async function expectTrueGroups() {
  const counted = await fixture.sql(
    "SELECT group_id AS id, count(*)::integer AS count FROM warren.dead_letter GROUP BY group_id ORDER BY group_id",
  );
  const { items } = await list({ limit: 500 });
  expect(items.map(({ id, count }) => ({ id, count })).sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual(counted);
}

describe("dead letters are grouped by cause", { timeout: 300_000 }, () => {
  test("five causes with changing ids in their messages are five groups, exactly counted", async () => {
    const { origin, dlq } = await pair();
    const causes = [
      (n: number) => ({ type: "StockError", message: `no stock for order ${n}` }),
      (n: number) => ({ type: "CardError", message: `card of order ${n} was declined` }),
      () => ({ type: "NotFound", message: `customer ${randomUUID()} is gone` }),
      (n: number) => ({ type: "IoError", message: `cannot open /srv/in/${n}/a.csv` }),
      (n: number) => ({
        type: "TimeoutError",
        message: `no answer within ${n}.5 s at 2026-11-21T08:00:${10 + (n % 50)}Z`,
      }),
    ];
    await fail(
      origin,
      Array.from({ length: 500 }, (_, n) => (causes[n % 5] as (n: number) => FailureReport)(n)),
    );
    const { items, total } = await list({ queue: origin });
    expect(total).toBe(5);
    for (const group of items) {
      expect(group).toMatchObject({ count: 100, total: 100, recent: 100, reason: "rejected", status: "open" });
      expect(group.queues).toEqual([{ queue: dlq, count: 100 }]);
      expect(group.trend.at(-1)).toBe(100);
    }
    await foldGroups(fixture.context);
    expect((await list({ queue: origin })).items.map(({ count, total: all }) => [count, all])).toEqual(
      items.map(() => [100, 100]),
    );
    const card = items.find((group) => group.errorType === "CardError");
    expect(card?.pattern).toBe("card of order <n> was declined");
    const filter = { group: card?.id ?? "" };
    expect(await fixture.broker.countDeadLetters(actor, { vhost: "/", filter })).toBe(100);
    const page = await fixture.broker.listDeadLetters(actor, {
      ...{ vhost: "/", queue: dlq, filter, order: "oldest", limit: 200, bodyLimit: 10 },
    });
    expect(page.items).toHaveLength(100);
    expect(page.items.every(({ death }) => death.errorType === "CardError" && death.group === card?.id)).toBe(true);
    const retried = await fixture.broker.retryDeadLetters(actor, { vhost: "/", selection: { kind: "all", filter } });
    expect(retried.done).toBe(100);
    expect((await list({ queue: origin })).total).toBe(4);
    await expectTrueGroups();
  });

  test("what goes to the trash and comes back is counted as lying there, not as dying again", async () => {
    const { origin, dlq } = await pair();
    await fail(origin, [{ type: "A" }, { type: "A" }, { type: "A" }]);
    const { trash } = await fixture.broker.discardDeadLetters(actor, "/", { kind: "all", queue: dlq });
    expect(await only(origin)).toMatchObject({ count: 0, total: 3 });
    expect((await list({ queue: origin })).total).toBe(0);
    await fixture.broker.restoreTrash(actor, trash ?? "");
    expect(await only(origin)).toMatchObject({ count: 3, total: 3 });
    await fixture.broker.deleteQueue(actor, "/", dlq, { ifUnused: false, ifEmpty: false });
    expect(await only(origin)).toMatchObject({ count: 0, total: 3, queues: [] });
  });

  test("pages go on where the one before ended, whatever the order", async () => {
    const { origin } = await pair();
    await fail(
      origin,
      [..."abcdefg"].flatMap((name, index) => Array(index + 1).fill({ type: name })),
    );
    for (const sort of ["count", "last_seen", "first_seen", "recent"] as const) {
      for (const direction of ["asc", "desc"] as const) {
        const seen: string[] = [];
        let cursor: string | null = null;
        do {
          const page = await list({ queue: origin, sort, direction, limit: 2, ...(cursor !== null && { cursor }) });
          seen.push(...page.items.map(({ errorType }) => errorType ?? ""));
          cursor = page.next;
        } while (cursor !== null);
        expect([...seen].sort()).toEqual([..."abcdefg"]);
        if (sort === "count") expect(direction === "asc" ? seen : seen.toReversed()).toEqual([..."abcdefg"]);
      }
    }
    await expect(list({ cursor: "made-up" })).rejects.toMatchObject({ code: "bad-request" });
  });

  test("of two people the second is told what the first did; a resolved group opens when it happens again", async () => {
    const { origin } = await pair();
    await fail(origin, [{ type: "A", message: "x 1" }]);
    await foldGroups(fixture.context);
    const seen = await only(origin);
    const ann = { ...actor, user: "ann" };
    const changed = await fixture.broker.groups.change(ann, seen.id, {
      ...{ version: seen.version, status: "resolved", note: "fixed in 1.2", assignee: "ann" },
    });
    expect(changed).toMatchObject({ status: "resolved", note: "fixed in 1.2", assignee: "ann", changedBy: "ann" });
    await expect(
      fixture.broker.groups.change(actor, seen.id, { version: seen.version, status: "acknowledged" }),
    ).rejects.toMatchObject({ code: "conflict", detail: { group: { status: "resolved", changedBy: "ann" } } });
    await fail(origin, [{ type: "A", message: "x 2" }]);
    await foldGroups(fixture.context);
    const again = await only(origin);
    expect(again).toMatchObject({ status: "open", note: "fixed in 1.2", count: 2, total: 2 });
    expect(again.reopenedAt).not.toBeNull();
    await expect(
      fixture.broker.groups.change(ann, seen.id, { version: changed.version, status: "resolved" }),
    ).rejects.toThrow("happened again");
    const cleared = await fixture.broker.groups.change(ann, seen.id, { version: again.version, assignee: null });
    expect(cleared).toMatchObject({ assignee: null, note: "fixed in 1.2", status: "open" });
    const nobody = fixture.broker.groups.change(ann, randomUUID(), { version: 1, note: "" });
    await expect(nobody).rejects.toMatchObject({ code: "not-found" });
  });

  test("letters from before groups were kept get theirs", async () => {
    const { origin } = await pair();
    await fail(origin, [
      { type: "Old", message: "a 1" },
      { type: "Old", message: "a 2" },
    ]);
    const { id } = await only(origin);
    await fixture.sql("DELETE FROM warren.dead_group_delta");
    await fixture.sql("DELETE FROM warren.dead_group WHERE id = $1", [id]);
    await fixture.sql(
      `UPDATE warren.dead_letter SET group_id = NULL, died_at = now() - interval '3 hours' WHERE origin_queue = $1`,
      [origin],
    );
    // A node that remembers nothing.
    const context = { ...fixture.context, groups: new KnownGroups(fixture.context.database) };
    await groupOldLetters.run(context, new AbortController().signal);
    const group = await only(origin);
    expect(group).toMatchObject({ id, count: 2, total: 2, recent: 0 });
    expect(group.trend.at(-4)).toBe(2);
    expect(group.lastSeenAt.getTime()).toBeLessThan(Date.now() - 2 * 3_600_000);
  });
});
