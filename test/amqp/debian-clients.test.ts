import { execFile, spawnSync } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createEngine, type Engine } from "@/lib/engine/engine";
import { startAmqpServer, type TestServer } from "@/test/support/amqp/amqp-server";
import { createTestDatabase, type TestDatabase } from "@/test/support/database";

let database: TestDatabase;
let engine: Engine;
let server: TestServer;
let url: string;

beforeAll(async () => {
  database = await createTestDatabase();
  engine = createEngine({ databaseUrl: database.url, applicationName: "test", log: { error: () => {} } });
  server = await startAmqpServer({}, engine.broker);
  url = `amqp://guest:guest@127.0.0.1:${server.port}/%2F`;
});

afterAll(async () => {
  await server?.close();
  await engine?.close();
  await database?.drop();
});

/** What a program printed, line by line. Rejects when it ends with a failure. */
async function lines(program: string, ...words: string[]): Promise<string[]> {
  const { stdout } = await promisify(execFile)(program, words, { timeout: 60_000 });
  return stdout.trim().split("\n");
}

const runs = (program: string, ...words: string[]) => spawnSync(program, words).status === 0;
/** On a continuous integration server the absence of a client is a failure. */
const isLeftOut = (isThere: boolean) => !isThere && process.env.CI === undefined;

describe.skipIf(isLeftOut(runs("ruby", "-e", 'require "bunny"')))("Bunny (Debian's ruby-bunny)", () => {
  test("publishes with confirms, gets, gives back, consumes, and is told what was wrong", async () => {
    expect(await lines("ruby", path.join(import.meta.dirname, "ruby/exercise.rb"), url)).toEqual([
      "confirmed true",
      "got first acme 2 2",
      "again first true",
      "dead first rejected",
      "consumed second",
      "refused PRECONDITION_FAILED",
    ]);
  });
});

describe.skipIf(isLeftOut(runs("php", "-r", "require '/usr/share/php/PhpAmqpLib/autoload.php';")))(
  "php-amqplib (Debian's php-amqplib)",
  () => {
    test("publishes with confirms and returns, and consumes by priority", async () => {
      expect(await lines("php", path.join(import.meta.dirname, "php/exercise.php"), String(server.port))).toEqual([
        "returned 312 NO_ROUTE",
        "got high acme 2",
        "got low acme 2",
      ]);
    });
  },
);

describe.skipIf(isLeftOut(runs("amqp-publish", "--help")))("rabbitmq-c (Debian's amqp-tools)", () => {
  test("declares, publishes, gets, consumes and deletes", async () => {
    const tool = (name: string, ...words: string[]) => lines(`amqp-${name}`, `--url=${url}`, ...words);
    expect(await tool("declare-queue", "--queue=c.work", "--durable")).toEqual(["c.work"]);
    await tool("publish", "--routing-key=c.work", "--persistent", "--body=one");
    await tool("publish", "--routing-key=c.work", "--body=two");
    expect(await tool("get", "--queue=c.work")).toEqual(["one"]);
    expect(await tool("consume", "--queue=c.work", "--count=1", "cat")).toEqual(["two"]);
    await expect(tool("publish", "--exchange=c.none", "--routing-key=x", "--body=y")).rejects.toMatchObject({
      stderr: expect.stringContaining("404"),
    });
    expect(await tool("delete-queue", "--queue=c.work")).toEqual(["0"]);
  });
});
