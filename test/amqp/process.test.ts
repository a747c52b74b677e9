import amqp, { type GetMessage } from "amqplib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemActor } from "@/lib/broker/actor";
import { composeBroker } from "@/lib/compose";
import { freePort } from "@/lib/platform/ports";
import { type BrokerProcess, startBrokerProcess } from "@/test/support/broker-process";
import { createTestDatabase, type TestDatabase } from "@/test/support/database";

let database: TestDatabase;
let port: number;
const started: BrokerProcess[] = [];

beforeEach(async () => {
  database = await createTestDatabase();
  port = await freePort();
});

afterEach(async () => {
  for (const { child, ended } of started.splice(0)) {
    child.kill("SIGKILL");
    await ended;
  }
  await database.drop();
});

function startBroker(at = port): BrokerProcess {
  const broker = startBrokerProcess(database.url, at);
  started.push(broker);
  return broker;
}

test("the broker process lets guest in, keeps what was confirmed, and stops in order", async () => {
  const first = startBroker();
  await first.ready;
  const url = `amqp://guest:guest@127.0.0.1:${port}`;
  await expect(amqp.connect(`amqp://guest:wrong@127.0.0.1:${port}`)).rejects.toThrow(/403|ACCESS.REFUSED/i);
  const connection = await amqp.connect(url);
  // To amqplib an orderly shutdown of the server is no error.
  const closed = new Promise<Error>((resolve) => connection.once("close", resolve));
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue("kept");
  channel.sendToQueue("kept", Buffer.from("hello"), { persistent: true });
  await channel.waitForConfirms();

  first.child.kill("SIGTERM");
  expect(await first.ended).toBe(0);
  expect((await closed).message).toContain("320");

  await startBroker().ready;
  const again = await amqp.connect(url);
  const message = await (await again.createChannel()).get("kept");
  expect((message as GetMessage).content.toString()).toBe("hello");
  await again.close();
});

test("the sample's clients connect to the node that leads, leave before it stops, and are at the next one then", async () => {
  const web = composeBroker({
    databaseUrl: database.url,
    node: { name: "web", kind: "web", version: "0" },
    onError: () => {},
  });
  try {
    const first = startBroker();
    await first.ready;
    // Makes the first user.
    await (await amqp.connect(`amqp://guest:guest@127.0.0.1:${port}`)).close();
    await web.sample.start(systemActor);
    const clients = async () =>
      (await web.broker.listConnections(systemActor, {})).filter(({ user }) => user === "github-sample");
    const onNode = async (pid: number | undefined) =>
      (await clients()).filter(({ node }) => node.endsWith(`:${pid}`)).length;
    await expect.poll(() => onNode(first.child.pid)).toBe(4);
    const next = startBroker(await freePort());
    await next.ready;

    first.child.kill("SIGTERM");
    expect(await first.ended).toBe(0);
    expect(first.lines.filter((line) => line.includes("stumbled"))).toEqual([]);

    await expect.poll(() => onNode(next.child.pid)).toBe(4);
    await expect.poll(() => onNode(first.child.pid)).toBe(0);
    await web.sample.remove(systemActor);
    await expect.poll(async () => (await web.sample.status()).state).toBe("absent");
    expect(next.lines.filter((line) => line.includes("stumbled"))).toEqual([]);
  } finally {
    await web.close();
  }
});

test("a port that is taken is named in one sentence", async () => {
  await startBroker().ready;
  const second = startBroker();
  expect(await second.ended).toBe(1);
  expect(second.lines).toEqual([
    `Warren can't start: port ${port} is in use by another program: stop that program, or choose another port with AMQP_PORT=${port + 1}.`,
  ]);
});
