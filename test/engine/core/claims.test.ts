import { Client } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Leased } from "@/lib/broker/broker";
import { sweepLeftovers } from "@/lib/engine/duties/housekeeping";
import { expiredLeases, findUnheld } from "@/lib/engine/duties/leases";
import { returnExpiredLeases, returnLeasesOfNodes } from "@/lib/engine/lease/expired-leases";
import {
  bodies,
  type Cluster,
  createCluster,
  declare,
  lease,
  publish,
  settle,
  tester,
} from "@/test/engine/core/cluster";
import { expectTrueCounts } from "@/test/engine/views/accounts";

// What is leased for the first time is held by one row of warren.claim for all of a lease's messages.

let cluster: Cluster;
beforeAll(async () => {
  cluster = await createCluster(2, { duties: false });
});
afterAll(() => cluster.close());

const broker = () => cluster.broker;
const other = () => cluster.nodes[1]?.broker ?? cluster.broker;
const context = () => cluster.nodes[0]?.context as NonNullable<(typeof cluster.nodes)[0]>["context"];
const counts = async (queue: string) => (await broker().getQueue(tester, "/", queue)).counts;
const claims = () => cluster.sql<{ lo: number; hi: number }>("SELECT lo, hi FROM warren.claim");

let queue: string;
let held: readonly Leased[];
let number = 0;

/** A queue with five messages in the hands of somebody, a to e, and one more, f. */
beforeEach(async () => {
  await cluster.sql("DELETE FROM warren.queue");
  await sweepLeftovers(context());
  for (const node of cluster.nodes) await node.context.topology.reload();
  queue = await declare(broker(), `claimed ${++number}`);
  for (const body of "abcdef") await publish(broker(), queue, body);
  held = await lease(broker(), queue, { max: 5 });
  expect(bodies(held)).toEqual([..."abcde"]);
  expect(await claims()).toHaveLength(1);
});

const some = (...names: string[]) => held.filter((message) => names.includes(bodies([message])[0] ?? ""));

/** Lets all claims end at once, as if their time had come. */
const timePasses = () => cluster.sql("UPDATE warren.claim SET leased_until = statement_timestamp()");

describe("acknowledging", () => {
  test("in parts, in any order, by whichever node, and no row is left in the end", async () => {
    expect(await settle(broker(), some("b", "d"), { kind: "ack" })).toEqual(["settled", "settled"]);
    expect(await counts(queue)).toMatchObject({ ready: 1, unacknowledged: 3 });
    await expectTrueCounts(cluster);
    expect(await settle(other(), some("a"), { kind: "ack" })).toEqual(["settled"]);
    expect(await settle(other(), some("a", "b", "c"), { kind: "ack" })).toEqual(["gone", "gone", "settled"]);
    expect(await settle(broker(), some("a", "b", "c", "d", "e"), { kind: "ack" })).toEqual([
      ...Array.from({ length: 4 }, () => "gone"),
      "settled",
    ]);
    expect(await counts(queue)).toMatchObject({ ready: 1, unacknowledged: 0 });
    expect(await claims()).toEqual([]);
    await expectTrueCounts(cluster);
  });

  test("by several callers at a time leaves no row", async () => {
    const settled = await Promise.all(
      held.map((message, index) =>
        broker().settle(tester, [{ receipt: message.receipt ?? "", outcome: { kind: "ack" } }], {
          lazily: index % 2 === 0,
        }),
      ),
    );
    expect(settled.flat().map(({ result }) => result)).toEqual(Array(5).fill("settled"));
    expect(await claims()).toEqual([]);
    await expectTrueCounts(cluster);
  });

  test("one and the same message by two callers at a time leaves the others alone", async () => {
    const [a] = some("a");
    const twice = await Promise.all([
      settle(broker(), a ? [a] : [], { kind: "ack" }),
      settle(broker(), some("a"), { kind: "ack" }),
    ]);
    expect(twice.flat()).toContain("settled");
    expect(await counts(queue)).toMatchObject({ ready: 1, unacknowledged: 4 });
    expect(await settle(broker(), some("b", "c", "d", "e"), { kind: "ack" })).toEqual(Array(4).fill("settled"));
    await expectTrueCounts(cluster);
  });

  test("of one message after the other, each leased by itself, leaves no row", async () => {
    await settle(other(), held, { kind: "ack" });
    const [last] = await lease(broker(), queue, { max: 1 });
    expect(await claims()).toHaveLength(1);
    expect(await settle(other(), last ? [last] : [], { kind: "ack" })).toEqual(["settled"]);
    expect(await claims()).toEqual([]);
  });

  test("the receipt of one message is none for another of the same claim's queue", async () => {
    const [first] = held;
    const [queueId, rank, seq, token] = (first?.receipt ?? "").split(".");
    const beyond = (Number.parseInt(seq ?? "", 36) + 5).toString(36);
    const forged = [queueId, rank, beyond, token].join(".");
    for (const one of [broker(), other()]) {
      const [result] = await one.settle(tester, [{ receipt: forged, outcome: { kind: "ack" } }]);
      expect(result?.result).toBe("gone");
    }
    expect(await counts(queue)).toMatchObject({ ready: 1, unacknowledged: 5 });
  });
});

describe("several outcomes in one claim", () => {
  test("what is given back comes again in its place, the others stay with their holder", async () => {
    expect(await settle(broker(), some("b", "d"), { kind: "requeue" })).toEqual(["settled", "settled"]);
    expect(await settle(other(), some("c"), { kind: "requeue", delayMs: 60_000 })).toEqual(["settled"]);
    expect(await settle(broker(), some("e"), { kind: "reject" })).toEqual(["settled"]);
    await expectTrueCounts(cluster);
    expect(await counts(queue)).toMatchObject({ ready: 3, unacknowledged: 1, delayed: 1 });
    const again = await lease(other(), queue);
    expect(again.map((one) => [bodies([one])[0], one.redelivered, one.deliveryCount])).toEqual([
      ["b", true, 1],
      ["d", true, 1],
      ["f", false, 0],
    ]);
    expect(await settle(broker(), some("a", "b", "c", "d", "e"), { kind: "ack" })).toEqual([
      "settled",
      ...Array(4).fill("gone"),
    ]);
    expect(await settle(broker(), again, { kind: "ack" })).toEqual(Array(3).fill("settled"));
    expect(await claims()).toEqual([]);
    await expectTrueCounts(cluster);
  });

  test("giving one back and acknowledging the rest at the same time", async () => {
    const results = await Promise.all([
      settle(broker(), some("c"), { kind: "requeue" }),
      settle(broker(), some("a", "b", "d", "e"), { kind: "ack" }),
      settle(other(), some("c"), { kind: "requeue" }),
    ]);
    expect(results[1]).toEqual(Array(4).fill("settled"));
    expect([...(results[0] ?? []), ...(results[2] ?? [])].sort()).toEqual(["gone", "settled"]);
    expect(bodies(await lease(other(), queue))).toEqual(["c", "f"]);
    await expectTrueCounts(cluster);
  });

  test("extending the lease of one of them extends no other", async () => {
    const [c] = some("c");
    const { result } = await other().extendLease(tester, c?.receipt ?? "", 600_000);
    expect(result).toBe("extended");
    await timePasses();
    expect(await settle(broker(), some("a"), { kind: "ack" })).toEqual(["gone"]);
    expect(await returnExpiredLeases(context())).toBe(4);
    const again = await lease(other(), queue);
    expect(bodies(again)).toEqual(["a", "b", "d", "e", "f"]);
    expect(again.map(({ deliveryCount }) => deliveryCount)).toEqual([1, 1, 1, 1, 0]);
    expect(await settle(broker(), some("c"), { kind: "ack" })).toEqual(["settled"]);
    await expectTrueCounts(cluster);
  });
});

describe("the end of a lease", () => {
  test("brings back what is left, redelivered and counted", async () => {
    await settle(broker(), some("b"), { kind: "ack" });
    await timePasses();
    await expiredLeases.run(context(), new AbortController().signal);
    expect(await claims()).toEqual([]);
    expect(await counts(queue)).toMatchObject({ ready: 5, unacknowledged: 0 });
    for (const kind of ["ack", "requeue", "reject"] as const) {
      expect(await settle(broker(), some("a"), { kind })).toEqual(["gone"]);
    }
    const again = await lease(broker(), queue);
    expect(again.map((one) => [bodies([one])[0], one.deliveryCount])).toEqual([
      ["a", 1],
      ["c", 1],
      ["d", 1],
      ["e", 1],
      ["f", 0],
    ]);
    await expectTrueCounts(cluster);
  });

  test("comes with the end of the node that it is bound to", async () => {
    const rows = await cluster.sql<{ id: number }>(
      "INSERT INTO warren.node (name, kind, version) VALUES ('lost', 'broker', '0') RETURNING id",
    );
    const lost = rows[0]?.id ?? 0;
    await cluster.sql("UPDATE warren.claim SET node = $1", [lost]);
    await settle(broker(), some("a", "e"), { kind: "ack" });
    await returnLeasesOfNodes(context(), [lost]);
    expect(await settle(broker(), some("b"), { kind: "ack" })).toEqual(["gone"]);
    expect(bodies(await lease(other(), queue))).toEqual(["b", "c", "d", "f"]);
    await expectTrueCounts(cluster);
  });

  test("waits for an acknowledgement that is under way", async () => {
    await timePasses();
    await inTransaction(async (client) => {
      // What the statement that acknowledges does, up to its commit.
      await client.query("SELECT FROM warren.claim FOR SHARE");
      await client.query("DELETE FROM warren.entry WHERE seq = $1", [held[2]?.id]);
      await client.query(
        "INSERT INTO warren.queue_delta (queue_id, unacked, unacked_bytes) SELECT id, -1, -1 FROM warren.queue",
      );
      const returned = returnExpiredLeases(context());
      await somebodyWaits();
      await client.query("COMMIT");
      expect(await returned).toBe(4);
    });
    expect(bodies(await lease(other(), queue))).toEqual(["a", "b", "d", "e", "f"]);
    await expectTrueCounts(cluster);
  });

  test("lets an acknowledgement that waits for it settle nothing", async () => {
    await inTransaction(async (client) => {
      await client.query("SELECT FROM warren.claim FOR UPDATE");
      const settling = settle(broker(), held, { kind: "ack" });
      await somebodyWaits();
      await client.query(`
        WITH ended AS (DELETE FROM warren.claim RETURNING *)
        INSERT INTO warren.deferred (queue_id, rank, seq, state, redelivered)
        SELECT e.queue_id, e.rank, e.seq, 'ready', true
        FROM ended c JOIN warren.entry e ON e.queue_id = c.queue_id AND e.seq BETWEEN c.lo AND c.hi`);
      await client.query(
        "INSERT INTO warren.queue_delta (queue_id, unacked, unacked_bytes, ready, ready_bytes) SELECT id, -5, -5, 5, 5 FROM warren.queue",
      );
      await client.query("COMMIT");
      expect(await settling).toEqual(Array(5).fill("gone"));
    });
    expect(bodies(await lease(other(), queue))).toEqual([..."abcdef"]);
    await expectTrueCounts(cluster);
  });

  test("a part that was broken out while an acknowledgement waited is not acknowledged by the claim", async () => {
    await inTransaction(async (client) => {
      await client.query("SELECT FROM warren.claim FOR UPDATE");
      // One call for some of them, so that the row of the claim stays.
      const settling = settle(broker(), some("a", "b"), { kind: "ack" });
      await somebodyWaits();
      await client.query("UPDATE warren.claim SET version = version + 1");
      await client.query(
        "INSERT INTO warren.deferred (queue_id, rank, seq, state, redelivered) SELECT queue_id, rank, seq, 'ready', true FROM warren.entry WHERE seq = $1",
        [held[0]?.id],
      );
      await client.query(
        "INSERT INTO warren.queue_delta (queue_id, unacked, unacked_bytes, ready, ready_bytes) SELECT id, -1, -1, 1, 1 FROM warren.queue",
      );
      await client.query("COMMIT");
      expect(await settling).toEqual(["gone", "settled"]);
    });
    expect(bodies(await lease(other(), queue))).toEqual(["a", "f"]);
    await expectTrueCounts(cluster);
  });

  test("that a crash of the database left without a claim is noticed, and its messages come again", async () => {
    await cluster.sql("DELETE FROM warren.claim");
    await findUnheld(context());
    expect(await counts(queue)).toMatchObject({ ready: 6, unacknowledged: 0 });
    const again = await lease(other(), queue);
    expect(bodies(again)).toEqual([..."abcdef"]);
    expect(again.map(({ redelivered }) => redelivered)).toEqual([true, true, true, true, true, false]);
    await findUnheld(context());
    expect(await counts(queue)).toMatchObject({ ready: 0, unacknowledged: 6 });
    await expectTrueCounts(cluster);
  });
});

describe("looking", () => {
  const peek = async (request: object) =>
    (await broker().peek(tester, { vhost: "/", limit: 10, bodyLimit: 10, order: "oldest", ...request })).items;

  test("shows who holds what, since when and until when", async () => {
    await settle(broker(), some("b"), { kind: "ack" });
    await settle(broker(), some("d"), { kind: "requeue" });
    const listed = await peek({ queue });
    expect(listed.map((message) => [bodies([message])[0], message.state, message.lease?.holder])).toEqual([
      ["a", "unacked", "tester"],
      ["c", "unacked", "tester"],
      ["d", "ready", undefined],
      ["e", "unacked", "tester"],
      ["f", "ready", undefined],
    ]);
    const { since, until } = listed[0]?.lease ?? {};
    expect((until?.getTime() ?? 0) - (since?.getTime() ?? 0)).toBe(60_000);
    const one = await broker().getMessage(tester, { vhost: "/", queue, id: listed[0]?.id ?? 0 });
    expect(one.lease).toEqual(listed[0]?.lease);
  });

  test("pages through what is held, and through what is not", async () => {
    await settle(broker(), some("d"), { kind: "requeue" });
    for (const where of [{ queue }, {}]) {
      for (const order of ["oldest", "newest"] as const) {
        const states = async (...wanted: string[]) => bodies(await peek({ ...where, order, states: wanted }));
        const sorted = (names: string) => (order === "oldest" ? [...names] : [...names].reverse());
        expect(await states("unacked")).toEqual(sorted("abce"));
        expect(await states("ready")).toEqual(sorted("df"));
        const paged: string[] = [];
        let cursor: string | undefined;
        do {
          const page = await broker().peek(tester, {
            vhost: "/",
            ...where,
            order,
            states: ["unacked"],
            limit: 1,
            bodyLimit: 10,
            ...(cursor !== undefined && { cursor }),
          });
          paged.push(...bodies(page.items));
          cursor = page.next ?? undefined;
        } while (cursor !== undefined);
        expect(paged).toEqual(sorted("abce"));
      }
    }
  });
});

describe("what is held", () => {
  test("is left alone by a purge, and by moving", async () => {
    const to = await declare(broker(), `${queue} to`);
    const refs = held.map(({ id }) => ({ queue, id }));
    const moved = await broker().moveMessages(tester, {
      vhost: "/",
      from: queue,
      to: { exchange: "", routingKey: to },
      selection: { kind: "messages", refs },
    });
    expect(moved).toMatchObject({ done: 0, skippedCount: 5 });
    expect(await broker().purgeQueue(tester, "/", queue)).toMatchObject({ messages: 1 });
    expect(await counts(queue)).toMatchObject({ ready: 0, unacknowledged: 5 });
    expect(await settle(broker(), held, { kind: "ack" })).toEqual(Array(5).fill("settled"));
    await expectTrueCounts(cluster);
  });

  test("goes with its queue", async () => {
    await broker().deleteQueue(tester, "/", queue, { ifUnused: false, ifEmpty: false });
    await sweepLeftovers(context());
    expect(await claims()).toEqual([]);
    expect(await settle(broker(), held, { kind: "ack" })).toEqual(Array(5).fill("gone"));
  });
});

async function inTransaction(work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: cluster.url });
  await client.connect();
  try {
    await client.query("BEGIN");
    await work(client);
  } finally {
    await client.end();
  }
}

/** Resolves when somebody waits for a lock. */
async function somebodyWaits(): Promise<void> {
  for (;;) {
    const waiting = await cluster.sql(
      "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    );
    if (waiting.length > 0) return;
  }
}
