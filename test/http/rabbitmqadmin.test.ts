import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startApiWithDoors } from "@/test/http/engine-api";
import type { TestApi } from "@/test/http/support";
import type { TestServer } from "@/test/support/amqp/amqp-server";

/** RabbitMQ's own command-line tool, as Debian's package rabbitmq-server installs it. */
const program = "/usr/bin/rabbitmqadmin";

let api: TestApi;
let door: TestServer;
let closeAll: () => Promise<void>;
let server: Server;
beforeAll(async () => {
  const started = await startApiWithDoors(1);
  ({ api, close: closeAll } = started);
  [door] = started.doors as [TestServer];
  server = createServer(async (incoming, outgoing) => {
    const body = await buffer(incoming);
    const response = await api.router(
      new Request(`http://127.0.0.1${incoming.url}`, {
        method: incoming.method ?? "GET",
        headers: { authorization: incoming.headers.authorization ?? "", "x-warren-remote-address": "127.0.0.1" },
        ...(body.length > 0 && { body: new Uint8Array(body) }),
      }),
    );
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    outgoing.end(Buffer.from(await response.arrayBuffer()));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  server.close();
  await closeAll();
});

/** Runs the tool and gives what it printed. Rejects when it ends with a failure. */
async function admin(...words: string[]): Promise<string> {
  const { port } = server.address() as AddressInfo;
  const { stdout } = await promisify(execFile)(program, ["-H", "127.0.0.1", "-P", String(port), ...words]);
  return stdout.trim();
}

/** A list as rows of values. */
async function list(...words: string[]): Promise<string[][]> {
  const printed = await admin("-f", "tsv", "list", ...words);
  return printed
    .split("\n")
    .slice(1)
    .map((line) => line.split("\t"));
}

describe.skipIf(!existsSync(program))("rabbitmqadmin, unchanged", () => {
  it("declares, publishes, gets, purges and deletes", async () => {
    expect(await admin("declare", "vhost", "name=shop")).toBe("vhost declared");
    const shop = (...words: string[]) => admin("-V", "shop", ...words);
    expect(await shop("declare", "queue", "name=orders", 'arguments={"x-max-length":10}')).toBe("queue declared");
    expect(await shop("declare", "exchange", "name=events", "type=topic")).toBe("exchange declared");
    expect(await shop("declare", "binding", "source=events", "destination=orders", "routing_key=order.*")).toBe(
      "binding declared",
    );
    const properties = 'properties={"delivery_mode":2,"headers":{"tenant":"acme"}}';
    expect(await shop("publish", "exchange=events", "routing_key=order.new", "payload=one", properties)).toBe(
      "Message published",
    );
    expect(await shop("publish", "exchange=events", "routing_key=invoice", "payload=two")).toBe(
      "Message published but NOT routed",
    );
    expect(await list("-V", "shop", "queues", "name", "messages")).toEqual([["orders", "1"]]);
    expect(await list("-V", "shop", "bindings", "source", "destination", "routing_key")).toEqual([
      ["", "orders", "orders"],
      ["events", "orders", "order.*"],
    ]);
    expect(JSON.parse(await shop("-f", "raw_json", "get", "queue=orders"))).toMatchObject([
      { payload: "one", redelivered: false, properties: { delivery_mode: 2, headers: { tenant: "acme" } } },
    ]);
    expect(await shop("purge", "queue", "name=orders")).toBe("queue purged");
    const binding = ["source=events", "destination_type=queue", "destination=orders", "properties_key=order.%2A"];
    expect(await shop("delete", "binding", ...binding)).toBe("binding deleted");
    expect(await shop("delete", "queue", "name=orders")).toBe("queue deleted");
    expect(await shop("delete", "exchange", "name=events")).toBe("exchange deleted");
    expect(await admin("delete", "vhost", "name=shop")).toBe("vhost deleted");
  });

  it("lists what there is", async () => {
    expect(await list("vhosts", "name", "messages")).toEqual([["/", "0"]]);
    expect((await list("exchanges", "name")).flat()).toContain("amq.topic");
    expect(await admin("-f", "tsv", "show", "overview", "rabbitmq_version", "cluster_name")).toMatch(/\twarren$/);
    for (const noun of ["connections", "channels", "consumers"]) expect(await admin("list", noun)).toBe("No items");
    expect((await list("nodes", "name")).flat()).toContain("postgres");
  });

  it("lists who is connected, and closes a connection", async () => {
    const connection = await door.connect();
    const closed = new Promise<Error>((resolve) => connection.on("close", resolve));
    const channel = await connection.createChannel();
    await channel.assertQueue("watched", { exclusive: true });
    await channel.consume("watched", () => {}, { consumerTag: "watcher" });
    await expect.poll(() => admin("-f", "tsv", "list", "consumers", "consumer_tag")).toContain("watcher");
    expect(await list("consumers", "queue.name", "prefetch_count")).toEqual([["watched", "0"]]);
    expect(await admin("list", "consumers")).toContain("| watcher ");
    const [[name, user, channels] = []] = await list("connections", "name", "user", "channels");
    expect([user, channels]).toEqual(["guest", "1"]);
    expect(await list("channels", "name", "consumer_count")).toEqual([[`${name} (1)`, "1"]]);
    expect(await admin("close", "connection", `name=${name}`)).toBe("connection closed");
    expect((await closed).message).toContain("CONNECTION_FORCED - Closed via management plugin");
    await expect.poll(() => admin("list", "connections")).toBe("No items");
  });

  it("says what was wrong", async () => {
    await expect(admin("delete", "queue", "name=nobody")).rejects.toMatchObject({
      stderr: expect.stringContaining("Not found"),
    });
    await expect(admin("-p", "wrong", "list", "queues")).rejects.toMatchObject({
      stderr: expect.stringContaining("Access refused"),
    });
    await admin("declare", "queue", "name=q", "durable=true");
    await expect(admin("declare", "queue", "name=q", "durable=false")).rejects.toMatchObject({
      stderr: expect.stringContaining("inequivalent arg 'durable'"),
    });
  });
});
