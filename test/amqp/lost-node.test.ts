import amqp, { type ConsumeMessage } from "amqplib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { freePort } from "@/lib/platform/ports";
import { type BrokerProcess, startBrokerProcess } from "@/test/support/broker-process";
import { createTestDatabase, type TestDatabase } from "@/test/support/database";

let database: TestDatabase;
const started: BrokerProcess[] = [];

beforeEach(async () => {
  database = await createTestDatabase();
});

afterEach(async () => {
  for (const { child, ended } of started.splice(0)) {
    child.kill("SIGKILL");
    await ended;
  }
  await database.drop();
});

async function startBroker() {
  const port = await freePort();
  const broker = startBrokerProcess(database.url, port);
  started.push(broker);
  await broker.ready;
  const connection = await amqp.connect(`amqp://guest:guest@127.0.0.1:${port}`);
  connection.on("error", () => {});
  return { ...broker, channel: await connection.createConfirmChannel() };
}

test.each(["SIGKILL", "SIGSTOP"] as const)(
  "what a broker process holds goes to another's consumer after %s",
  async (end) => {
    const [doomed, other] = await Promise.all([startBroker(), startBroker()]);
    // The other one's consumer waits until this one's is known to be gone.
    await doomed.channel.assertQueue("tasks", { arguments: { "x-single-active-consumer": true } });
    for (const text of ["first", "second"])
      doomed.channel.sendToQueue("tasks", Buffer.from(text), { persistent: true });
    await doomed.channel.waitForConfirms();
    const held: ConsumeMessage[] = [];
    await doomed.channel.consume("tasks", (message) => message && held.push(message));
    await expect.poll(() => held.length).toBe(2);

    const seen: [string, boolean][] = [];
    await other.channel.consume("tasks", (message) => {
      if (message === null) return;
      seen.push([message.content.toString(), message.fields.redelivered]);
      other.channel.ack(message);
    });
    doomed.child.kill(end);
    await expect
      .poll(() => seen, { timeout: 180_000, interval: 200 })
      .toEqual([
        ["first", true],
        ["second", true],
      ]);
    if (end === "SIGKILL") return;

    // It was only stuck: what it held is no longer its to settle, and it goes on with what comes.
    doomed.child.kill("SIGCONT");
    for (const message of held) doomed.channel.ack(message);
    await other.channel.assertQueue("later");
    const later = new Promise<void>((resolve) => {
      void doomed.channel.consume("later", (message) => {
        if (message) doomed.channel.ack(message);
        resolve();
      });
    });
    other.channel.sendToQueue("later", Buffer.from("third"), { persistent: true });
    await later;
    expect((await other.channel.checkQueue("tasks")).messageCount).toBe(0);
  },
  600_000,
);
