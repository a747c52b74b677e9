import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ManagementSide, managementSides } from "@/test/conformance/management";
import { rabbitMqIsInstalled } from "@/test/conformance/rabbitmq-server";

const patterns = ["", ".*", "^a", "a$", "^(a|b)\\.", "^amq\\.", "queue", "^$", "^amq\\.gen"];

describe.skipIf(!rabbitMqIsInstalled())("permissions, compared with RabbitMQ", () => {
  let sides: { readonly both: readonly ManagementSide[]; close(): Promise<void> };
  beforeAll(async () => {
    sides = await managementSides();
    await Promise.all(
      sides.both.map(async (side) => {
        await side.call("PUT", "/api/users/someone", { password: "someone", tags: "management" });
        for (const name of ["a.queue", "b.queue", "a"]) await side.call("PUT", `/api/queues/%2F/${name}`, {});
        for (const name of ["a.exchange", "b.exchange"]) {
          await side.call("PUT", `/api/exchanges/%2F/${name}`, { type: "topic" });
        }
      }),
    );
  });
  afterAll(() => sides.close());

  type Channel = import("amqplib").Channel;
  const attempts: Record<string, (channel: Channel) => Promise<unknown>> = {
    "declare a queue": (channel) => channel.assertQueue("a.queue", { durable: false }),
    "declare a server-named queue": (channel) => channel.assertQueue("", { durable: false, autoDelete: true }),
    "declare with a dead-letter exchange": (channel) =>
      channel.assertQueue("a.dead", { durable: false, deadLetterExchange: "b.exchange" }),
    "look for a queue": (channel) => channel.checkQueue("b.queue"),
    "declare an exchange": (channel) => channel.assertExchange("a.new", "fanout", { durable: false }),
    "declare with an alternate exchange": (channel) =>
      channel.assertExchange("a.alternate", "fanout", { durable: false, alternateExchange: "b.exchange" }),
    "delete an exchange": (channel) => channel.deleteExchange("b.gone"),
    "bind a queue": (channel) => channel.bindQueue("a.queue", "a.exchange", "k"),
    "bind an exchange": (channel) => channel.bindExchange("b.exchange", "a.exchange", "k"),
    "unbind a queue": (channel) => channel.unbindQueue("a.queue", "a.exchange", "none"),
    "publish to an exchange": async (channel) => channel.publish("a.exchange", "k", Buffer.from("")),
    "publish to the default exchange": async (channel) => channel.publish("", "nobody", Buffer.from("")),
    get: (channel) => channel.get("a.queue"),
    consume: (channel) => channel.consume("b.queue", () => {}),
    purge: (channel) => channel.purgeQueue("a.queue"),
  };

  /** Each attempt on a channel of its own: the reply code that ends it, or null. */
  async function codes(side: ManagementSide): Promise<Record<string, number | null>> {
    const connection = await side.amqp("someone");
    const found: Record<string, number | null> = {};
    for (const [name, attempt] of Object.entries(attempts)) {
      const channel = await connection.createChannel();
      found[name] = null;
      const closed = new Promise<void>((resolve) => {
        channel.on("error", (error: { code: number }) => {
          found[name] = error.code;
          resolve();
        });
      });
      // What was asked without an answer has been judged when this is answered.
      const done = attempt(channel).then(() => channel.checkQueue("a"));
      await Promise.race([closed, done.catch(() => closed)]);
      if (found[name] === null) await channel.close();
    }
    await connection.close();
    return found;
  }

  it("lets each do the same, by the same patterns", async () => {
    for (let i = 0; i < 8; i++) {
      const pick = (n: number) => patterns[(i * 5 + n * 3 + (i >> 1)) % patterns.length];
      const permission = { configure: pick(0), write: pick(1), read: pick(2) };
      const results = await Promise.all(
        sides.both.map(async (side) => {
          await side.call("PUT", "/api/permissions/%2F/someone", permission);
          return { permission, codes: await codes(side) };
        }),
      );
      expect(results[0]).toEqual(results[1]);
    }
  });

  it("answers alike about users and permissions", async () => {
    const same = async (method: string, path: string, body?: unknown, pick = (json: unknown) => json) => {
      const results = await Promise.all(
        sides.both.map(async (side) => {
          const { status, json } = await side.call(method, path, body);
          return { path, status, json: status < 300 && json !== undefined ? pick(json) : undefined };
        }),
      );
      expect(results[0]).toEqual(results[1]);
    };
    const hash = "kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR";
    await same("PUT", "/api/users/u", { password_hash: hash, tags: "management,monitoring" });
    await same("PUT", "/api/users/u", { password_hash: hash, tags: ["management"] });
    await same("GET", "/api/users/u");
    await same("GET", "/api/users/nobody");
    await same("PUT", "/api/users/v", { password: "x" });
    await same("PUT", "/api/users/v", { password: "x", password_hash: hash, tags: "" });
    await same("PUT", "/api/users/v", { password_hash: "no!", tags: "" });
    await same("GET", "/api/users/without-permissions?columns=name");
    await same("PUT", "/api/permissions/%2F/u", { configure: "a", write: "b", read: "c" });
    await same("PUT", "/api/permissions/%2F/u", { configure: "a", write: "b" });
    await same("PUT", "/api/permissions/%2F/u", { configure: "(", write: "b", read: "c" });
    await same("PUT", "/api/permissions/%2F/nobody", { configure: "a", write: "b", read: "c" });
    await same("PUT", "/api/permissions/nowhere/u", { configure: "a", write: "b", read: "c" });
    await same("GET", "/api/permissions/%2F/u");
    await same("GET", "/api/permissions/%2F/v");
    await same("GET", "/api/users/u/permissions");
    await same("GET", "/api/users/nobody/permissions");
    await same("PUT", "/api/topic-permissions/%2F/u", { exchange: "amq.topic", write: "a", read: "b" });
    await same("PUT", "/api/topic-permissions/%2F/u", { exchange: "amq.topic", write: "a" });
    await same("GET", "/api/topic-permissions/%2F/u");
    await same("GET", "/api/users/u/topic-permissions");
    await same("GET", "/api/vhosts/%2F/topic-permissions");
    await same("DELETE", "/api/topic-permissions/%2F/u");
    await same("DELETE", "/api/permissions/%2F/u");
    await same("GET", "/api/permissions/%2F/u");
    await same("PUT", "/api/vhost-limits/%2F/max-queues", { value: 50 });
    await same("GET", "/api/vhost-limits");
    await same("GET", "/api/parameters");
    await same("GET", "/api/parameters/vhost-limits/%2F/limits");
    await same("PUT", "/api/parameters/nonsense/%2F/x", { value: {} });
    await same("DELETE", "/api/vhost-limits/%2F/max-queues");
    await same("PUT", "/api/user-limits/u/max-channels", { value: 5 });
    await same("GET", "/api/user-limits/u");
    await same("PUT", "/api/global-parameters/x", { value: { a: [1] } });
    await same("GET", "/api/global-parameters/x");
    await same("DELETE", "/api/global-parameters/x");
    await same("DELETE", "/api/users/u");
    await same("DELETE", "/api/users/u");
  });
});
