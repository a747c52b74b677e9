import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createEngine, type Engine } from "@/lib/engine/engine";
import { type RunningNode, startNode } from "@/lib/engine/node";
import { startAmqpServer, type TestServer } from "@/test/support/amqp/amqp-server";
import { createTestDatabase, type TestDatabase } from "@/test/support/database";

const python = "/usr/bin/python3";
const scripts = path.join(import.meta.dirname, "python");

function hasPika(): boolean {
  try {
    execFileSync(python, ["-c", "import pika"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Debian's python3-pika. On a continuous integration server its absence is a failure. */
describe.skipIf(!hasPika() && process.env.CI === undefined)("the work-queue tutorial with pika", () => {
  let database: TestDatabase;
  let engine: Engine;
  let node: RunningNode;
  let server: TestServer;
  const workers: ChildProcess[] = [];

  beforeEach(async () => {
    database = await createTestDatabase();
    engine = createEngine({ databaseUrl: database.url, applicationName: "test", log: { error: () => {} } });
    // As in production: only a node hears of changes, which is what messages have to know that go straight to consumers.
    node = startNode(engine.context, { name: "test", kind: "broker", version: "0" });
    server = await startAmqpServer({}, engine.broker);
  });

  afterEach(async () => {
    for (const worker of workers.splice(0)) worker.kill("SIGKILL");
    await server.close();
    await node.stop();
    await engine.close();
    await database.drop();
  });

  test("a killed worker's task goes to the other one, and nothing is lost", async () => {
    const url = `amqp://guest:guest@127.0.0.1:${server.port}/%2F`;
    const [first, second] = [startWorker(url), startWorker(url)];
    await expect.poll(() => [first.lines, second.lines]).toEqual([["waiting"], ["waiting"]]);
    await promisify(execFile)(python, [path.join(scripts, "new_task.py"), url, "long....................", "a", "b"]);
    const all = () => [...first.lines, ...second.lines];
    await expect.poll(all).toEqual(expect.arrayContaining(["done a", "done b"]));
    const [busy, idle] = first.lines.some((line) => line.includes("long")) ? [first, second] : [second, first];
    // Both short ones went to the worker that was free.
    expect(idle.lines).toEqual(expect.arrayContaining(["done a", "done b"]));
    busy.process.kill("SIGKILL");
    await expect.poll(() => idle.lines.at(-1)).toBe("received long.................... True");
  });

  function startWorker(url: string) {
    const process = spawn(python, [path.join(scripts, "worker.py"), url], { stdio: ["ignore", "pipe", "inherit"] });
    workers.push(process);
    const worker = { process, lines: [] as string[] };
    let rest = "";
    process.stdout.on("data", (chunk: Buffer) => {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      worker.lines.push(...lines);
    });
    return worker;
  }
});
