import { Client } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { LeaseRequest } from "@/lib/broker/requests";
import { lockCursor } from "@/lib/engine/sql/lease";
import { shardsOf } from "@/lib/engine/sql/shards";
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

// What is published on a node where somebody waits for it is in that one's hands as it is stored.

let cluster: Cluster;
beforeAll(async () => {
  cluster = await createCluster(2, { duties: false });
});
afterAll(() => cluster.close());

const broker = () => cluster.broker;
const other = () => cluster.nodes[1]?.broker ?? cluster.broker;
const statusOf = (queue: string) => broker().getQueue(tester, "/", queue);
const claims = () => cluster.sql<{ lo: string; hi: string }>("SELECT lo, hi FROM warren.claim");

let queue: string;
let queueId: number;
let number = 0;

beforeEach(async () => {
  queue = await declare(broker(), `handed ${++number}`);
  const [row] = await cluster.sql<{ id: number }>("SELECT id FROM warren.queue WHERE name = $1", [queue]);
  queueId = row?.id ?? 0;
});

/** Waits on the first node; resolves when it is in the line. */
async function waiting(request: Partial<LeaseRequest> = {}) {
  let asked: () => void = () => {};
  const isInLine = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const { signals } = cluster.nodes[0]?.context ?? {};
  if (!signals) throw new Error("no node");
  const wait = signals.wait.bind(signals);
  signals.wait = (...args) => {
    const result = wait(...args);
    asked();
    return result;
  };
  const taken = lease(broker(), queue, { waitMs: 20_000, ...request });
  await isInLine;
  signals.wait = wait;
  // In an object, so that it isn't awaited here.
  return { taken };
}

test("a message goes to who waits, under a lease like any other", async () => {
  const { taken } = await waiting();
  const { messageId } = await publish(broker(), queue, "a", { deliveryMode: 2, type: "kind" });
  const [message] = await taken;
  expect(message).toMatchObject({
    id: messageId,
    messageId,
    redelivered: false,
    deliveryCount: 0,
    exchange: "",
    routingKey: queue,
    bodySize: 1,
    properties: { deliveryMode: 2, type: "kind" },
  });
  expect(await claims()).toEqual([{ lo: String(messageId), hi: String(messageId) }]);
  expect((await statusOf(queue)).counts).toMatchObject({ ready: 0, unacknowledged: 1, readyBytes: 0 });
  expect((await statusOf(queue)).totals).toMatchObject({ publish: 1, deliver: 1, ack: 0 });
  const [peeked] = (await broker().peek(tester, { vhost: "/", queue, limit: 1, bodyLimit: 1, order: "oldest" })).items;
  expect(peeked).toMatchObject({ state: "unacked", lease: { holder: "tester" } });
  expect(peeked?.lease?.until).toEqual(message?.leasedUntil);
  await expectTrueCounts(cluster);
  expect(await settle(other(), message ? [message] : [], { kind: "requeue" })).toEqual(["settled"]);
  const [again] = await lease(other(), queue);
  expect(again).toMatchObject({ id: messageId, redelivered: true, deliveryCount: 1 });
  expect(await settle(broker(), again ? [again] : [], { kind: "ack" })).toEqual(["settled"]);
  expect(await claims()).toEqual([]);
  await expectTrueCounts(cluster);
});

test("who has room for some gets the first, and the others are ready behind them", async () => {
  const { taken: first } = await waiting({ max: 2 });
  const { taken: second } = await waiting({ max: 100, room: () => 1 });
  await Promise.all([..."abcde"].map((body) => publish(broker(), queue, body)));
  expect(bodies(await first)).toEqual(["a", "b"]);
  expect(bodies(await second)).toEqual(["c"]);
  expect((await statusOf(queue)).counts).toMatchObject({ ready: 2, unacknowledged: 3 });
  const rest = await lease(other(), queue);
  expect(bodies(rest)).toEqual(["d", "e"]);
  for (const [by, held] of [
    [other(), await first],
    [broker(), [...(await second), ...rest]],
  ] as const) {
    expect(new Set(await settle(by, held, { kind: "ack" }))).toEqual(new Set(["settled"]));
  }
  expect(await claims()).toEqual([]);
  await expectTrueCounts(cluster);
});

test("what is acknowledged as it is taken lies in no queue at all", async () => {
  const { taken } = await waiting({ autoAck: true });
  await publish(broker(), queue, "a");
  const [message] = await taken;
  expect(message).toMatchObject({ receipt: null, leasedUntil: null });
  expect(bodies(await taken)).toEqual(["a"]);
  const { counts, totals } = await statusOf(queue);
  expect(counts).toMatchObject({ ready: 0, unacknowledged: 0, readyBytes: 0 });
  expect(totals).toMatchObject({ publish: 1, deliver: 0, deliverNoAck: 1 });
  await expectTrueCounts(cluster);
});

test("one message for several queues is handed over in those where somebody waits", async () => {
  const second = await declare(broker(), `${queue} too`);
  for (const name of [queue, second]) {
    await broker().bind(tester, {
      vhost: "/",
      source: "amq.fanout",
      destination: { kind: "queue", name },
      routingKey: "",
      arguments: new Map(),
    });
  }
  const { taken } = await waiting();
  await publish(broker(), { exchange: "amq.fanout", routingKey: "" }, "a");
  expect(bodies(await taken)).toEqual(["a"]);
  expect((await statusOf(second)).counts).toMatchObject({ ready: 1, unacknowledged: 0 });
  await expectTrueCounts(cluster);
});

describe("nothing is handed over", () => {
  test("in front of what came from another node meanwhile, however late it is seen", async () => {
    const { taken } = await waiting();
    await inTransaction(async (client) => {
      await client.query("SELECT pg_advisory_xact_lock(1463898702, $1)", [shardsOf([queueId])[0]]);
      const late = publish(broker(), queue, "late");
      await somebodyWaits();
      await client.query(
        `WITH m AS (
           INSERT INTO warren.message (id, vhost_id, exchange, routing_key, properties, body)
           SELECT nextval('warren.seq'), vhost_id, '', name, '\\x0000', 'early' FROM warren.queue WHERE id = $1 RETURNING id)
         INSERT INTO warren.entry (queue_id, rank, seq, message_id, bytes) SELECT $1, 0, id, id, 5 FROM m`,
        [queueId],
      );
      await client.query("INSERT INTO warren.queue_delta (queue_id, ready, ready_bytes) VALUES ($1, 1, 5)", [queueId]);
      await client.query("COMMIT");
      await late;
    });
    expect(bodies(await taken)).toEqual(["early", "late"]);
    await expectTrueCounts(cluster);
  });

  test("while somebody takes messages out of the queue", async () => {
    const { taken } = await waiting();
    await inTransaction(async (client) => {
      await client.query("SELECT FROM warren.cursor WHERE queue_id = $1 FOR UPDATE", [queueId]);
      await publish(broker(), queue, "a");
      expect((await statusOf(queue)).counts).toMatchObject({ ready: 1, unacknowledged: 0 });
      await client.query("COMMIT");
    });
    expect(bodies(await taken)).toEqual(["a"]);
    await expectTrueCounts(cluster);
  });
});

test("the cursor goes on from where others have moved it in the meantime", async () => {
  const { taken } = await waiting();
  let moved = 0;
  await inTransaction(async (client) => {
    await client.query("SELECT pg_advisory_xact_lock(1463898702, $1)", [shardsOf([queueId])[0]]);
    const late = publish(broker(), queue, "a");
    await somebodyWaits();
    const { rows } = await client.query<{ seq: string }>(
      "UPDATE warren.cursor SET seq = nextval('warren.seq') WHERE queue_id = $1 RETURNING seq",
      [queueId],
    );
    moved = Number(rows[0]?.seq);
    await client.query("COMMIT");
    await late;
  });
  const [message] = await taken;
  expect(message?.id).toBeGreaterThan(moved);
  const [cursor] = await cluster.sql<{ seq: string }>("SELECT seq FROM warren.cursor WHERE queue_id = $1", [queueId]);
  expect(Number(cursor?.seq)).toBe(message?.id);
  expect(await settle(broker(), message ? [message] : [], { kind: "ack" })).toEqual(["settled"]);
  await expectTrueCounts(cluster);
});

test("a handover reads nothing of other queues, and none of the cursor's old versions", async () => {
  const elsewhere = await declare(broker(), "elsewhere");
  for (let n = 0; n < 5; n++) await publish(broker(), elsewhere, "of no interest");
  const [row] = await cluster.sql<{ version: string }>("SELECT version FROM warren.topology");
  await inTransaction(async (client) => {
    await client.query("SELECT pg_current_xact_id()");
    await cluster.sql("SELECT warren.cursor_move($1, nextval('warren.seq')) FROM generate_series(1, 3000)", [queueId]);
    // As on the hot path, where plans don't go by statistics.
    for (const way of ["seqscan", "hashjoin", "mergejoin", "bitmapscan"])
      await client.query(`SET LOCAL enable_${way} = off`);
    const read = async () => {
      const { rows } = await client.query(
        "SELECT pg_stat_get_xact_tuples_returned('warren.cursor_pkey'::regclass) AS n",
      );
      return Number(rows[0].n);
    };
    const readBy = async (statement: string) => {
      const before = await read();
      await client.query(statement);
      return (await read()) - before;
    };
    const shards = `'{${shardsOf([queueId])}}', '{${queueId}}'`;
    expect(await readBy(lockCursor.text.replace("$1", `${queueId}`))).toBe(1);
    expect(await readBy(`SELECT * FROM warren.enter_open(${row?.version}, ${shards}, NULL)`)).toBe(2);
    expect(await readBy(`SELECT warren.cursor_move(${queueId}, nextval('warren.seq'))`)).toBe(2);
    await client.query("COMMIT");
  });
});

test("whoever waits in vain is not given anything later", async () => {
  const calledOff = new AbortController();
  const { taken } = await waiting({ signal: calledOff.signal });
  calledOff.abort();
  expect(await taken).toEqual([]);
  await publish(broker(), queue, "a");
  expect((await statusOf(queue)).counts).toMatchObject({ ready: 1, unacknowledged: 0 });
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
    const waits = await cluster.sql(
      "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    );
    if (waits.length > 0) return;
  }
}
