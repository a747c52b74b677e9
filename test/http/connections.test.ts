import amqp, { type ChannelModel, type ConsumeMessage } from "amqplib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startApiWithDoors } from "@/test/http/engine-api";
import type { TestApi } from "@/test/http/support";
import type { TestServer } from "@/test/support/amqp/amqp-server";

let api: TestApi;
let door: TestServer;
let second: TestServer;
let close: () => Promise<void>;

beforeAll(async () => {
  const started = await startApiWithDoors(2);
  ({ api, close } = started);
  [door, second] = started.doors as [TestServer, TestServer];
});
afterAll(() => close?.());

const get = async (path: string) => (await api.call("GET", path)).json;
const named = (connections: { user_provided_name: string }[], name: string) =>
  connections.find((one) => one.user_provided_name === name) as Record<string, unknown> | undefined;

/** A client that calls itself `name`. */
async function client(name: string, { port }: TestServer = door): Promise<ChannelModel> {
  const connection = await amqp.connect(`amqp://guest:guest@127.0.0.1:${port}/%2F?heartbeat=30`, {
    clientProperties: { connection_name: name },
  });
  connection.on("error", () => {});
  return connection;
}

describe("connections and channels", () => {
  it("are listed with RabbitMQ's fields while they are open", async () => {
    const connection = await client("lister");
    const channel = await connection.createConfirmChannel();
    await channel.prefetch(7);
    await channel.assertQueue("listed");
    channel.sendToQueue("listed", Buffer.from("hello"));
    await channel.waitForConfirms();

    await expect.poll(async () => named(await get("/api/connections"), "lister")?.channels).toBe(1);
    const listed = named(await get("/api/connections"), "lister") as { name: string; [field: string]: unknown };
    expect(listed).toMatchObject({
      user: "guest",
      vhost: "/",
      protocol: "AMQP 0-9-1",
      state: "running",
      peer_host: "127.0.0.1",
      port: door.port,
      timeout: 30,
      frame_max: 131072,
      channel_max: 2047,
      auth_mechanism: "PLAIN",
      ssl: false,
      client_properties: { product: "amqplib", connection_name: "lister" },
    });
    expect(listed.name).toBe(`127.0.0.1:${listed.peer_port} -> 127.0.0.1:${door.port}`);
    const path = `/api/connections/${encodeURIComponent(listed.name)}`;
    expect((await get(path)).name).toBe(listed.name);
    expect(named(await get("/api/vhosts/%2F/connections"), "lister")).toBeDefined();

    await expect.poll(async () => (await get(`${path}/channels`))[0]?.message_stats.confirm).toBe(1);
    const [one] = await get(`${path}/channels`);
    expect(one).toMatchObject({
      name: `${listed.name} (1)`,
      number: 1,
      prefetch_count: 7,
      global_prefetch_count: 0,
      confirm: true,
      transactional: false,
      messages_unacknowledged: 0,
      messages_unconfirmed: 0,
      consumer_count: 0,
      connection_details: { name: listed.name },
      message_stats: { publish: 1, confirm: 1 },
    });
    expect(await get(`/api/channels/${encodeURIComponent(one.name)}`)).toMatchObject({ consumer_details: [] });
    const { object_totals: totals } = await get("/api/overview");
    expect(totals.connections).toBeGreaterThanOrEqual(1);
    expect(totals.channels).toBeGreaterThanOrEqual(1);

    const page = await get("/api/connections?page=1&page_size=1&sort=name&columns=name");
    expect(page).toMatchObject({ page: 1, page_size: 1, item_count: 1 });

    await connection.close();
    await expect.poll(async () => named(await get("/api/connections"), "lister")).toBeUndefined();
    expect((await api.call("GET", path)).status).toBe(404);
    expect((await api.call("DELETE", path)).status).toBe(404);
  });

  it("a name with what Postgres can't store does no harm", async () => {
    const connection = await client("odd\0name");
    await expect.poll(async () => named(await get("/api/connections"), "odd\ufffdname")).toBeDefined();
    await connection.close();
  });

  it("are closed from outside, with the reason; what was held goes to the others", async () => {
    const doomed = await client("doomed");
    const closed = new Promise<Error>((resolve) => doomed.on("close", resolve));
    const holding = await doomed.createChannel();
    await holding.assertQueue("handed-on");
    await holding.prefetch(1);
    const held = new Promise<void>((resolve) => void holding.consume("handed-on", () => resolve()));
    holding.sendToQueue("handed-on", Buffer.from("task"));
    await held;
    const other = await client("other", second);
    const channel = await other.createChannel();
    const taken = new Promise<ConsumeMessage | null>((resolve) => void channel.consume("handed-on", resolve));

    await expect.poll(async () => named(await get("/api/connections"), "doomed")).toBeDefined();
    const { name } = named(await get("/api/connections"), "doomed") as { name: string };
    const answer = await api.call("DELETE", `/api/connections/${encodeURIComponent(name)}`, {
      headers: { "x-reason": "stuck since noon" },
    });
    expect(answer.status).toBe(204);
    expect((await closed).message).toContain("stuck since noon");
    expect((await taken)?.fields.redelivered).toBe(true);
    await expect.poll(async () => named(await get("/api/connections"), "doomed")).toBeUndefined();
    expect(named(await get("/api/connections"), "other")).toBeDefined();
    await other.close();
  });

  it("of a user are listed and closed together", async () => {
    await api.addUser("crowd", "crowd", ["management"]);
    const open = () =>
      amqp
        .connect(`amqp://crowd:crowd@127.0.0.1:${door.port}/%2F`)
        .then((connection) => connection.on("error", () => {}));
    const [one, two] = [await open(), await open()];
    const bystander = await client("bystander");
    const closed = Promise.all([one, two].map((each) => new Promise((resolve) => each.on("close", resolve))));
    const path = "/api/connections/username/crowd";
    await expect.poll(async () => (await get(path)).length).toBe(2);
    expect(await get("/api/connections/username/nobody")).toEqual([]);
    await api.addUser("neighbour", "neighbour", ["management"]);
    expect((await api.call("DELETE", path, { as: "neighbour:neighbour" })).status).toBe(403);
    expect((await api.call("DELETE", path, { as: "crowd:crowd" })).status).toBe(204);
    await closed;
    await expect.poll(() => get(path)).toEqual([]);
    expect((await api.call("DELETE", path)).status).toBe(204);
    await expect.poll(async () => named(await get("/api/connections"), "bystander")).toBeDefined();
    await bystander.close();
  });

  it("of others are closed by administrators only", async () => {
    await api.addUser("looker", "looker", ["monitoring"]);
    const connection = await client("precious");
    await expect.poll(async () => named(await get("/api/connections"), "precious")).toBeDefined();
    const { name } = named(await get("/api/connections"), "precious") as { name: string };
    const path = `/api/connections/${encodeURIComponent(name)}`;
    expect((await api.call("DELETE", path, { as: "looker:looker" })).status).toBe(403);
    expect((await api.call("GET", path, { as: "looker:looker" })).status).toBe(200);
    await connection.close();
  });
});

describe("consumers", () => {
  it("tell what they hold and what they did, and count at their queue", async () => {
    const connection = await client("worker");
    const channel = await connection.createChannel();
    await channel.assertQueue("work");
    await channel.prefetch(1);
    const arrived: ConsumeMessage[] = [];
    await channel.consume("work", (message) => message && arrived.push(message), { consumerTag: "w1" });
    channel.sendToQueue("work", Buffer.from("1"));
    channel.sendToQueue("work", Buffer.from("2"));
    await expect.poll(() => arrived.length).toBe(1);

    const ours = async () => (await get("/api/queues/%2F/work")).consumer_details[0];
    await expect.poll(async () => (await ours())?.held).toBe(1);
    const consumer = await ours();
    expect(consumer).toMatchObject({
      consumer_tag: "w1",
      queue: { name: "work", vhost: "/" },
      ack_required: true,
      exclusive: false,
      prefetch_count: 1,
      active: true,
      full: true,
      delivered: 1,
      acked: 0,
      channel_details: { number: 1, user: "guest", user_provided_name: "worker" },
    });
    const { items } = await get("/api/queues/%2F/work/messages?state=unacked");
    expect(consumer.holds).toEqual([{ id: items[0].id, since: consumer.last_delivered_at }]);
    expect(await get("/api/queues/%2F/work")).toMatchObject({ consumers: 1, consumers_full: 1 });

    channel.ack(arrived[0] as ConsumeMessage);
    await expect.poll(async () => (await ours())?.acked).toBe(1);
    expect((await ours()).recent[0]).toMatchObject({ outcome: "acked", count: 1, from: consumer.last_delivered_at });
    await expect.poll(() => arrived.length).toBe(2);
    channel.reject(arrived[1] as ConsumeMessage, false);
    await expect.poll(async () => (await ours())?.rejected).toBe(1);
    await expect.poll(async () => (await ours())?.full).toBe(false);
    expect((await get("/api/consumers")).length).toBe(1);
    expect((await get("/api/consumers/%2F")).length).toBe(1);
    expect((await get("/api/overview")).object_totals.consumers).toBe(1);

    const unused = await api.call("DELETE", "/api/queues/%2F/work?if-unused=true");
    expect(unused.status).toBe(400);
    expect(unused.json.reason).toContain("in use");
    await channel.cancel("w1");
    await expect.poll(async () => (await get("/api/queues/%2F/work")).consumers).toBe(0);
    expect((await api.call("DELETE", "/api/queues/%2F/work?if-unused=true")).status).toBe(204);
    await connection.close();
  });

  it("an auto-delete queue goes with its last consumer, whichever door that has", async () => {
    const [one, other] = [await client("one"), await client("two", second)];
    const [here, there] = [await one.createChannel(), await other.createChannel()];
    await here.assertQueue("fleeting", { autoDelete: true, durable: false });
    await here.consume("fleeting", () => {}, { consumerTag: "a" });
    await there.consume("fleeting", () => {}, { consumerTag: "b" });
    await expect.poll(async () => (await get("/api/queues/%2F/fleeting")).consumers).toBe(2);
    await here.cancel("a");
    expect((await api.call("GET", "/api/queues/%2F/fleeting")).status).toBe(200);
    await there.cancel("b");
    await expect.poll(async () => (await api.call("GET", "/api/queues/%2F/fleeting")).status).toBe(404);
    await Promise.all([one.close(), other.close()]);
  });
});

describe("reports", () => {
  it("don't count once their node is silent, and are made anew when it is back", async () => {
    const connection = await client("steady");
    await expect.poll(async () => named(await get("/api/connections"), "steady")).toBeDefined();
    // As if the process had hung for an hour, and others had cleaned up after it.
    const silent = async () => {
      await api.database.$executeRaw`UPDATE warren.node SET last_seen_at = now() - interval '1 hour'`;
      return get("/api/connections");
    };
    await expect.poll(silent).toEqual([]);
    await api.database.$executeRaw`DELETE FROM warren.connection`;
    await expect.poll(async () => named(await get("/api/connections"), "steady")).toBeDefined();
    await connection.close();
  });
});
