import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { drainOutbox } from "@/lib/engine/outbox/drain";
import {
  bind,
  bodies,
  type Cluster,
  createCluster,
  declare,
  declareExchange,
  lease,
  pause,
  tester,
} from "@/test/engine/core/cluster";
import { expectTrueCounts } from "@/test/engine/views/accounts";
import { asRole, onDatabase } from "@/test/support/database";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await createCluster(2);
  await cluster.sql("CREATE TABLE orders (id integer PRIMARY KEY)");
});
afterAll(() => cluster.close());

/** A connection of an application's own. */
async function application(): Promise<Client> {
  const client = new Client({ connectionString: asRole(await superuserUrl()) });
  await client.connect();
  return client;
}

/** The address of this database, for the server's administrator. */
async function superuserUrl(): Promise<string> {
  const [here] = await cluster.sql<{ name: string }>("SELECT current_database() AS name");
  return onDatabase(process.env.WARREN_TEST_SERVER ?? "", here?.name ?? "");
}

async function withApplication<T>(use: (client: Client) => Promise<T>): Promise<T> {
  const client = await application();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

const send = (client: Client, queue: string, body: string) =>
  client.query("SELECT warren.publish('', $1, $2)", [queue, Buffer.from(body)]);

const take = (queue: string, waitMs = 5000) => lease(cluster.broker, queue, { autoAck: true, waitMs });

async function outboxIsEmpty(): Promise<void> {
  for (;;) {
    const [left] = await cluster.sql<{ n: number }>("SELECT count(*)::int AS n FROM warren.outbox");
    if (left?.n === 0) return;
    await pause(20);
  }
}

describe("warren.publish", () => {
  test("delivers when its transaction commits, and not before", async () => {
    const queue = await declare(cluster.broker, "committed");
    await withApplication(async (client) => {
      await client.query("BEGIN");
      await client.query("INSERT INTO orders VALUES (1)");
      await send(client, queue, "order 1");
      expect(await take(queue, 300)).toEqual([]);
      const waiting = take(queue);
      await client.query("COMMIT");
      const [message] = await waiting;
      expect(bodies(message ? [message] : [])).toEqual(["order 1"]);
      expect(message?.properties.deliveryMode).toBe(2);
    });
    await expectTrueCounts(cluster);
  });

  test("delivers nothing of a transaction or a savepoint that is rolled back", async () => {
    const queue = await declare(cluster.broker, "rolled back");
    await withApplication(async (client) => {
      await client.query("BEGIN");
      await send(client, queue, "never");
      await client.query("ROLLBACK");
      await client.query("BEGIN");
      await send(client, queue, "before");
      await client.query("SAVEPOINT s");
      await send(client, queue, "undone");
      await client.query("ROLLBACK TO SAVEPOINT s");
      await send(client, queue, "after");
      await client.query("COMMIT");
    });
    await outboxIsEmpty();
    expect(bodies(await take(queue))).toEqual(["before", "after"]);
    expect(await take(queue, 0)).toEqual([]);
  });

  test("a long transaction holds up nobody, and is delivered when it commits", async () => {
    const queue = await declare(cluster.broker, "long");
    await withApplication(async (slow) => {
      await slow.query("BEGIN");
      for (const body of ["slow 1", "slow 2"]) await send(slow, queue, body);
      await withApplication((quick) => send(quick, queue, "quick"));
      expect(bodies(await take(queue))).toEqual(["quick"]);
      await slow.query("COMMIT");
      await outboxIsEmpty();
      expect(bodies(await take(queue))).toEqual(["slow 1", "slow 2"]);
    });
  });

  test("routes as any publish does: exchanges, properties, and counts what goes nowhere", async () => {
    const queue = await declare(cluster.broker, "routed");
    await declareExchange(cluster.broker, "events", "topic");
    await bind(cluster.broker, "events", queue, "order.*");
    await withApplication((client) =>
      client.query(`SELECT warren.publish('events', key, 'x', '{"type": "t", "headers": {"n": 7}, "delivery_mode": 1}')
                    FROM unnest(ARRAY['order.placed', 'nobody.listens']) AS key`),
    );
    const [message] = await take(queue);
    expect(message).toMatchObject({ exchange: "events", routingKey: "order.placed" });
    expect(message?.properties).toMatchObject({ type: "t", deliveryMode: 1 });
    await outboxIsEmpty();
    const counted = `SELECT sum(publish_in)::int AS "in", sum(drop_unroutable)::int AS dropped
      FROM (SELECT exchange_id, publish_in, drop_unroutable FROM warren.exchange_delta
            UNION ALL SELECT exchange_id, publish_in, drop_unroutable FROM warren.exchange_counter) c
      JOIN warren.exchange e ON e.id = c.exchange_id WHERE e.name = 'events'`;
    expect(await cluster.sql(counted)).toEqual([{ in: 2, dropped: 1 }]);
  });

  test.each([
    ["SELECT warren.publish('nowhere', 'k', 'x')", /no exchange 'nowhere' in vhost '\/'/],
    ["SELECT warren.publish('', 'k', 'x', vhost => 'nowhere')", /no exchange '' in vhost 'nowhere'/],
    ["SELECT warren.publish('amq.rabbitmq.trace', 'k', 'x')", /internal exchange/],
    ["SELECT warren.publish('', repeat('k', 256), 'x')", /at most 255 bytes/],
    ["SELECT warren.publish('', 'k', 'x', '{\"prioritty\": 1}')", /"prioritty" is not a message property/],
    ["SELECT warren.publish('', 'k', NULL)", /null value in column "body"/],
  ])("%s is refused in the caller's transaction", async (statement, reason) => {
    await withApplication(async (client) => {
      await expect(client.query(statement)).rejects.toThrow(reason);
    });
  });

  test("needs a right of its own, and no other", async () => {
    const queue = await declare(cluster.broker, "granted");
    const role = `app_${process.pid}`;
    const administrator = new Client({ connectionString: await superuserUrl() });
    await administrator.connect();
    try {
      await administrator.query(`CREATE ROLE ${role}; GRANT ${role} TO CURRENT_USER`);
      const asApplication = async (statement: string) => {
        await administrator.query(`SET SESSION AUTHORIZATION ${role}`);
        return administrator.query(statement).finally(() => administrator.query("RESET SESSION AUTHORIZATION"));
      };
      const publishing = "SELECT warren.publish('', 'granted', 'x')";
      await expect(asApplication(publishing)).rejects.toThrow(/permission denied for schema/);
      await cluster.sql(`GRANT USAGE ON SCHEMA warren TO ${role}`);
      await expect(asApplication(publishing)).rejects.toThrow(/permission denied for function/);
      await cluster.sql(`GRANT EXECUTE ON FUNCTION warren.publish(text, text, bytea, jsonb, text) TO ${role}`);
      await asApplication(publishing);
      await expect(asApplication("SELECT FROM warren.outbox")).rejects.toThrow(/permission denied for table/);
      const page = { vhost: "/", queue, order: "oldest", limit: 1, bodyLimit: 1 } as const;
      await expect.poll(async () => (await cluster.broker.peek(tester, page)).items[0]?.publishedBy).toBe(role);
    } finally {
      await administrator.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`).catch(() => {});
      await administrator.end();
    }
  });

  test("what can't be stored waits with the reason, keeps what follows it waiting, and is stored when it can be", async () => {
    const queue = await declare(cluster.broker, "full", { "x-max-length": 1, "x-overflow": "reject-publish" });
    const free = await declare(cluster.broker, "free");
    await withApplication(async (client) => {
      await client.query("BEGIN");
      for (const body of ["1", "2", "3"]) await send(client, queue, body);
      await send(client, free, "after them");
      await client.query("COMMIT");
      await send(client, free, "of another transaction");
    });
    expect(bodies(await take(free))).toEqual(["of another transaction"]);
    const left = await cluster.sql<{ error: string | null }>("SELECT error FROM warren.outbox ORDER BY id");
    expect(left.map(({ error }) => error)).toEqual(["The queue 'full' is full and refuses messages.", null, null]);
    const got: string[] = [];
    while (got.length < 3) {
      got.push(...bodies(await take(queue, 0)));
      await cluster.sql("UPDATE warren.outbox SET retry_at = NULL");
      await pause(50);
    }
    expect(got).toEqual(["1", "2", "3"]);
    expect(bodies(await take(free))).toEqual(["after them"]);
    await expectTrueCounts(cluster);
  });

  test("an exchange that is deleted before the message is routed: it waits until there is one again", async () => {
    const alone = await createCluster(1, { duties: false });
    try {
      const queue = await declare(alone.broker, "q");
      await declareExchange(alone.broker, "gone", "fanout");
      await alone.sql("SELECT warren.publish('gone', '', 'x', '{\"priority\": 3}')");
      await alone.sql("SELECT warren.publish('', 'q', 'wrong', '{\"priority\": \"high\"}')");
      await alone.broker.deleteExchange(tester, "/", "gone", { ifUnused: false });
      const { context } = alone.nodes[0] ?? {};
      if (!context) throw new Error("no node");
      await drainOutbox(context);
      const errors = await alone.sql<{ error: string }>("SELECT error FROM warren.outbox ORDER BY id");
      expect(errors.map(({ error }) => error)).toEqual([
        expect.stringContaining("no exchange 'gone'"),
        "priority must be an integer from 0 to 255",
      ]);
      await declareExchange(alone.broker, "gone", "fanout");
      await bind(alone.broker, "gone", queue);
      await alone.sql("UPDATE warren.outbox SET retry_at = NULL");
      await drainOutbox(context);
      expect(bodies(await lease(alone.broker, queue))).toEqual(["x"]);
    } finally {
      await alone.close();
    }
  });

  test("connections die all the time, two nodes drain: nothing is lost, nothing comes twice, order is kept", async () => {
    const queue = await declare(cluster.broker, "stormy");
    const end = Date.now() + 3000;
    const sent = new Set<string>();
    const publishing = async (name: string) => {
      await withApplication(async (client) => {
        for (let n = 0; Date.now() < end; n++) {
          const commits = Math.random() < 0.7;
          await client.query("BEGIN");
          for (const part of [0, 1, 2]) await send(client, queue, `${name}-${n}.${part}`);
          await client.query(commits ? "COMMIT" : "ROLLBACK");
          if (commits) for (const part of [0, 1, 2]) sent.add(`${name}-${n}.${part}`);
        }
      });
    };
    const draining = async () => {
      while (Date.now() < end) {
        await Promise.all(cluster.nodes.map(({ context }) => drainOutbox(context).catch(() => false)));
        await pause(5);
      }
    };
    const killing = async () => {
      while (Date.now() < end) {
        await pause(60);
        await cluster.killConnection();
      }
    };
    await Promise.all([publishing("a"), publishing("b"), draining(), draining(), killing()]);
    await outboxIsEmpty();
    const got: string[] = [];
    for (;;) {
      const some = bodies(await lease(cluster.broker, queue, { max: 1000, autoAck: true }));
      if (some.length === 0) break;
      got.push(...some);
    }
    expect(got.length).toBe(sent.size);
    expect(new Set(got)).toEqual(sent);
    for (const name of ["a", "b"]) {
      const inOrder = got
        .filter((body) => body.startsWith(name))
        .map((body) => body.split(/[-.]/).slice(1).map(Number));
      for (const [index, [n, part]] of inOrder.entries()) {
        if (part !== 0) expect(inOrder[index - 1]).toEqual([n, (part ?? 0) - 1]);
      }
    }
    await expectTrueCounts(cluster);
  });
});
