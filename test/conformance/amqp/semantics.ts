import type { Channel, ConsumeMessage } from "amqplib";
import { Connection as Transactional } from "rabbitmq-client";
import type { Scenario } from "@/test/conformance/amqp/scenario";

/** Waits until something holds; gives up silently, since what is seen then tells. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1500 && !(await holds()); tries++)
    await new Promise((resolve) => setTimeout(resolve, 20));
}

async function countIn(channel: Channel, queue: string): Promise<number> {
  return (await channel.checkQueue(queue)).messageCount;
}

/** Takes what is there, and acknowledges it. */
async function bodiesIn(channel: Channel, queue: string): Promise<string[]> {
  const bodies: string[] = [];
  for (;;) {
    const message = await channel.get(queue, { noAck: true });
    if (message === false) return bodies;
    bodies.push(`${message.content}${message.fields.redelivered ? " again" : ""}`);
  }
}

/** What the other scenarios leave open of the semantics that Warren reproduces. */
export const semanticsScenarios: Readonly<Record<string, Scenario>> = {
  "one at a time: what is given back comes before what lies behind it": async (client) => {
    const channel = await client.confirmChannel();
    await channel.assertQueue("ro.queue");
    for (let number = 0; number < 30; number++) channel.sendToQueue("ro.queue", Buffer.from(String(number)));
    await channel.waitForConfirms();
    await channel.prefetch(1);
    const seen: string[] = [];
    await channel.consume("ro.queue", (message) => {
      if (message === null) return;
      const { redelivered } = message.fields;
      seen.push(`${message.content}${redelivered ? " again" : ""}`);
      if (Number(message.content) % 2 === 0 && !redelivered) channel.nack(message);
      else channel.ack(message);
    });
    await until(() => seen.length === 45);
    await channel.deleteQueue("ro.queue");
    return seen;
  },

  "what is fetched is limited by no prefetch, and takes no room of a consumer": async (client) => {
    const channel = await client.confirmChannel();
    await channel.assertQueue("pg.queue");
    for (const body of ["1", "2", "3", "4", "5"]) channel.sendToQueue("pg.queue", Buffer.from(body));
    await channel.waitForConfirms();
    await channel.prefetch(1);
    const fetched = [];
    for (let count = 0; count < 3; count++) {
      const message = await channel.get("pg.queue");
      fetched.push(message === false ? false : String(message.content));
    }
    const heard: ConsumeMessage[] = [];
    await channel.consume("pg.queue", (message) => message && heard.push(message));
    await until(() => heard.length === 1);
    const seen = [fetched, heard.map(({ content }) => String(content)), await countIn(channel, "pg.queue")];
    await channel.deleteQueue("pg.queue");
    return seen;
  },

  "transactions: committed, rolled back, and given up": async (client) => {
    const watching = await client.channel();
    await watching.assertQueue("tx.queue");
    const { hostname, port } = await addressOf(client);
    const connection = new Transactional({ url: `amqp://guest:guest@${hostname}:${port}` });
    connection.on("error", () => {});
    const seen: unknown[] = [];
    try {
      const channel = await connection.acquire();
      await channel.txSelect();
      for (const body of ["1", "2"]) await channel.basicPublish("tx.queue", body);
      seen.push(await countIn(watching, "tx.queue"));
      await channel.txCommit();
      seen.push(await countIn(watching, "tx.queue"));
      await channel.basicPublish("tx.queue", "never");
      await channel.txRollback();
      // Taken and acknowledged, and then not; and so with one that is rejected.
      const first = await channel.basicGet("tx.queue");
      if (first) channel.basicAck({ deliveryTag: first.deliveryTag });
      const second = await channel.basicGet("tx.queue");
      if (second) channel.basicNack({ deliveryTag: second.deliveryTag, requeue: false });
      await channel.txRollback();
      if (first) channel.basicAck({ deliveryTag: first.deliveryTag });
      await channel.txCommit();
      await channel.basicPublish("tx.queue", "given up");
      await channel.close();
    } finally {
      await connection.close();
    }
    seen.push(await bodiesIn(watching, "tx.queue"));
    await watching.deleteQueue("tx.queue");
    return seen;
  },

  "recovering gives back to the queue, or to the same consumer": async (client) => {
    const channel = await client.confirmChannel();
    await channel.assertQueue("rc.queue");
    for (const body of ["1", "2", "3"]) channel.sendToQueue("rc.queue", Buffer.from(body));
    await channel.waitForConfirms();
    const seen: string[] = [];
    await channel.consume("rc.queue", (message) => {
      if (message) seen.push(`${message.content} ${message.fields.deliveryTag} ${message.fields.redelivered}`);
    });
    await until(() => seen.length === 3);
    await channel.recover();
    await until(() => seen.length === 6);
    await channel.deleteQueue("rc.queue");
    return seen;
  },

  "cancelling twice is no error": async (client) => {
    const channel = await client.channel();
    const { queue } = await channel.assertQueue("", { exclusive: true });
    const { consumerTag } = await channel.consume(queue, () => {});
    await Promise.all([channel.cancel(consumerTag), channel.cancel(consumerTag)]);
    return (await channel.checkQueue(queue)).consumerCount;
  },

  "a queue that nobody uses goes, with its messages; using it in any way keeps it": async (client) => {
    const setup = await client.confirmChannel();
    await setup.assertQueue("xp.dead");
    const declare = (name: string) =>
      setup.assertQueue(name, { expires: 4_000, deadLetterExchange: "", deadLetterRoutingKey: "xp.dead" });
    const names = ["xp.unused", "xp.declared", "xp.fetched", "xp.consumed"];
    for (const name of names) await declare(name);
    setup.sendToQueue("xp.unused", Buffer.from("goes with it"));
    await setup.waitForConfirms();
    await setup.consume("xp.consumed", () => {});
    const end = Date.now() + 9_000;
    while (Date.now() < end) {
      await declare("xp.declared");
      await setup.get("xp.fetched");
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    const seen: Record<string, boolean> = {};
    for (const name of names) {
      const asking = await client.channel();
      seen[name] = await asking.checkQueue(name).then(
        () => true,
        () => false,
      );
    }
    const dead = await bodiesIn(setup, "xp.dead");
    for (const name of [...names, "xp.dead"]) await setup.deleteQueue(name);
    return [seen, dead];
  },

  "what counts against a length is what waits, not what is held": async (client) => {
    const channel = await client.confirmChannel();
    await channel.assertQueue("lh.queue", { maxLength: 2 });
    const held: string[] = [];
    for (const body of ["1", "2"]) channel.sendToQueue("lh.queue", Buffer.from(body));
    await channel.waitForConfirms();
    for (let count = 0; count < 2; count++) {
      const message = await channel.get("lh.queue");
      if (message) held.push(String(message.content));
    }
    for (const body of ["3", "4", "5"]) channel.sendToQueue("lh.queue", Buffer.from(body));
    await channel.waitForConfirms();
    await until(async () => (await countIn(channel, "lh.queue")) === 2);
    const seen = [held, await bodiesIn(channel, "lh.queue")];
    await channel.deleteQueue("lh.queue");
    return seen;
  },

  "a length in bytes counts bodies only": async (client) => {
    const channel = await client.confirmChannel();
    await channel.assertQueue("lb.queue", { arguments: { "x-max-length-bytes": 10 } });
    const headers = { long: "x".repeat(500) };
    for (const body of ["12345", "67890", "abc"]) channel.sendToQueue("lb.queue", Buffer.from(body), { headers });
    await channel.waitForConfirms();
    await until(async () => (await countIn(channel, "lb.queue")) === 2);
    const left = await bodiesIn(channel, "lb.queue");
    await channel.deleteQueue("lb.queue");
    return left;
  },

  "what a full queue refuses is nacked, and dead-lettered if it says so": async (client) => {
    const channel = await client.confirmChannel();
    await channel.assertQueue("rd.dead");
    await channel.assertQueue("rd.queue", {
      maxLength: 1,
      deadLetterExchange: "",
      deadLetterRoutingKey: "rd.dead",
      arguments: { "x-overflow": "reject-publish-dlx" },
    });
    const answers: string[] = [];
    for (const body of ["1", "2"]) {
      channel.sendToQueue("rd.queue", Buffer.from(body), {}, (error) => answers.push(error === null ? "ack" : "nack"));
      await until(() => answers.length === Number(body));
    }
    await until(async () => (await countIn(channel, "rd.dead")) === 1);
    const dead = await channel.get("rd.dead", { noAck: true });
    const reason = dead === false ? null : dead.properties.headers?.["x-first-death-reason"];
    const seen = [answers, await bodiesIn(channel, "rd.queue"), dead && String(dead.content), reason];
    for (const queue of ["rd.queue", "rd.dead"]) await channel.deleteQueue(queue);
    return seen;
  },

  "a single active consumer is succeeded in the order of subscription": async (client) => {
    const setup = await client.confirmChannel();
    await setup.assertQueue("sa.queue", { arguments: { "x-single-active-consumer": true } });
    const channels = [await client.channel(), await client.channel(), await client.channel()];
    const seen: string[] = [];
    for (const [index, channel] of channels.entries()) {
      await channel.consume("sa.queue", (message) => {
        if (message === null) return;
        seen.push(`${message.content} to ${index}`);
        channel.ack(message);
      });
    }
    for (const [index, channel] of channels.entries()) {
      setup.sendToQueue("sa.queue", Buffer.from(`message ${index}`));
      await until(() => seen.length > index);
      await channel.close();
    }
    await setup.deleteQueue("sa.queue");
    return seen;
  },

  "the default exchange has no alternate, and nothing to unbind": async (client) => {
    const channel = await client.confirmChannel();
    await channel.assertQueue("de.queue");
    const returned: string[] = [];
    channel.on("return", (message) => returned.push((message.fields as unknown as { replyText: string }).replyText));
    channel.publish("", "de.nobody", Buffer.from("x"), { mandatory: true });
    await channel.waitForConfirms();
    const other = await client.channel();
    const words = new Promise<string>((resolve) => other.once("error", (error: Error) => resolve(error.message)));
    other.unbindQueue("de.queue", "", "de.queue").catch(() => {});
    const refused = (await words).replace(/^.*with message /, "");
    channel.sendToQueue("de.queue", Buffer.from("still bound"));
    await channel.waitForConfirms();
    const seen = [returned, refused, await bodiesIn(channel, "de.queue")];
    await channel.deleteQueue("de.queue");
    return seen;
  },

  "an exclusive queue goes with its connection, and what was held returns": async (client) => {
    const watching = await client.confirmChannel();
    await watching.assertQueue("ex.shared");
    watching.sendToQueue("ex.shared", Buffer.from("held"));
    await watching.waitForConfirms();
    const connection = await client.connection();
    const channel = await connection.createChannel();
    const { queue } = await channel.assertQueue("", { exclusive: true });
    await channel.get("ex.shared");
    await connection.close();
    await until(async () => (await countIn(watching, "ex.shared")) === 1);
    const asking = await client.channel();
    const exists = await asking.checkQueue(queue).then(
      () => true,
      () => false,
    );
    const seen = [exists, await bodiesIn(watching, "ex.shared")];
    await watching.deleteQueue("ex.shared");
    return seen;
  },

  "a name is made by the server, and told": async (client) => {
    const channel = await client.channel();
    const { queue } = await channel.assertQueue("", { exclusive: true });
    const other = await channel.assertQueue("", { exclusive: true });
    // An empty name means the last one that was declared on this channel.
    channel.sendToQueue(other.queue, Buffer.from("for the last"));
    await until(async () => (await countIn(channel, other.queue)) === 1);
    const message = await channel.get("");
    return [/^amq\.gen-/.test(queue), queue !== other.queue, message === false ? false : String(message.content)];
  },
};

/** Where the server of this client is, for a client of another library. */
async function addressOf(client: Parameters<Scenario>[0]): Promise<{ hostname: string; port: number }> {
  const connection = await client.connection();
  const { stream } = connection.connection as unknown as { stream: { remoteAddress: string; remotePort: number } };
  return { hostname: stream.remoteAddress.replace(/^::ffff:/, ""), port: stream.remotePort };
}
