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

function hasCelery(): boolean {
  try {
    execFileSync(python, ["-c", "import celery"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Debian's python3-celery. On a continuous integration server its absence is a failure. */
describe.skipIf(!hasCelery() && process.env.CI === undefined)("Celery", () => {
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

  test("calls, countdowns, retries, groups, chains and remote control", async () => {
    const env = {
      ...process.env,
      BROKER_URL: `amqp://guest:guest@127.0.0.1:${server.port}//`,
      // Celery refuses to run as root unless told.
      C_FORCE_ROOT: "1",
      PYTHONPATH: scripts,
      PYTHONDONTWRITEBYTECODE: "1",
    };
    workers.push(
      spawn(python, ["-m", "celery", "-A", "tasks", "worker", "--pool=solo", "--loglevel=ERROR"], {
        env,
        stdio: ["ignore", "ignore", "inherit"],
      }),
    );
    const { stdout } = await promisify(execFile)(python, [path.join(scripts, "tasks.py")], { env });
    expect(stdout.trim().split("\n")).toEqual([
      "delay 5",
      "countdown 2",
      "retry 1",
      `group [${Array.from({ length: 20 }, (_, i) => 2 * i).join(", ")}]`,
      "chain 10",
      "ping 1",
    ]);
    expect(server.errors).toEqual([]);
  }, 600_000);
});
