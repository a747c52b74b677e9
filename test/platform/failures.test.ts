import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { freePort } from "@/lib/platform/ports";
import { createEmptyDatabase } from "@/test/support/database";
import { type StartOptions, startProcess } from "@/test/support/warren-process";

const isRoot = process.getuid?.() === 0;

let directory: string;
let port: number;

beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), "warren-failures-"));
  // Open to the user that Postgres runs as under root.
  chmodSync(directory, 0o755);
  port = await freePort();
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Starts Warren, which must fail, and gives back what it printed: one sentence, and no stack. */
async function failingStart(environment: Record<string, string>, more: Partial<StartOptions> = {}): Promise<string> {
  const warren = startProcess({
    environment: { PORT: String(port), WARREN_DATA_DIR: path.join(directory, "data"), ...environment },
    ...more,
  });
  // A start that succeeds against expectation must not stay.
  void warren.ready.then(
    () => warren.child.kill("SIGTERM"),
    () => {},
  );
  expect(await warren.ended).toBe(1);
  const printed = warren.lines.filter((line) => line !== "");
  expect(printed).toHaveLength(1);
  return printed[0] ?? "";
}

function listen(): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer().listen(port, "127.0.0.1", () => resolve(server));
  });
}

/** The test server's address with another part. */
function testServer(change: (url: URL) => void): string {
  const url = new URL(process.env.WARREN_TEST_SERVER ?? "");
  change(url);
  return url.toString();
}

test("port in use", async () => {
  const server = await listen();
  expect(await failingStart({})).toBe(
    `Warren can't start: port ${port} is in use by another program: stop that program, or choose another port with PORT=${port + 1}.`,
  );
  server.close();
});

test("one port for both doors", async () => {
  expect(await failingStart({ AMQP_PORT: String(port) })).toBe(
    `Warren can't start: PORT and AMQP_PORT are both ${port}: choose two ports, such as PORT=3000 and AMQP_PORT=5672.`,
  );
});

test("a bad setting", async () => {
  expect(await failingStart({ PORT: "many" })).toBe("Warren can't start: PORT must be a port number from 1 to 65535.");
});

test("database unreachable", async () => {
  const nobody = await freePort();
  expect(await failingStart({ DATABASE_URL: `postgresql://me:tops3cret@127.0.0.1:${nobody}/x` })).toBe(
    `Warren can't start: no Postgres answers at 127.0.0.1:${nobody} (ECONNREFUSED): start it, or correct DATABASE_URL.`,
  );
});

test("wrong password", async () => {
  const url = testServer((server) => {
    server.password = "tops3cret";
  });
  const sentence = await failingStart({ DATABASE_URL: url });
  expect(sentence).toMatch(/doesn't accept the password of `postgres`: correct the password in DATABASE_URL\.$/);
  expect(sentence).not.toContain("tops3cret");
});

test("no such database", async () => {
  const url = testServer((server) => {
    server.pathname = "/nowhere";
  });
  expect(await failingStart({ DATABASE_URL: url })).toMatch(/has no database `nowhere`: make it with CREATE DATABASE/);
});

test("data directory of another version of Postgres", async () => {
  mkdirSync(path.join(directory, "data/postgres"), { recursive: true });
  writeFileSync(path.join(directory, "data/postgres/PG_VERSION"), "15\n");
  expect(await failingStart({})).toMatch(
    /was made by PostgreSQL 15, and this Warren brings PostgreSQL \d+: .*WARREN_DATA_DIR\.$/,
  );
});

test("data directory that can't be written", async () => {
  chmodSync(directory, 0o555);
  // Root may write everywhere but into the kernel's own file systems.
  const data = isRoot ? "/proc/warren" : path.join(directory, "data");
  expect(await failingStart({ WARREN_DATA_DIR: data })).toBe(
    `Warren can't start: the data directory ${data} can't be written: give this user the right to write it, or choose another with WARREN_DATA_DIR.`,
  );
  chmodSync(directory, 0o755);
});

test("data directory whose place is taken by a file", async () => {
  writeFileSync(path.join(directory, "data"), "");
  expect(await failingStart({})).toMatch(/can't be made, for there is a file in its place/);
});

if (isRoot) {
  test("a database that Postgres' user can't reach isn't left for an empty one", async () => {
    mkdirSync(path.join(directory, "data/postgres"), { recursive: true });
    chmodSync(directory, 0o700);
    expect(await failingStart({})).toMatch(/can't enter .*\/data, where the database is: allow that/);
  });
}

test("a role that may not create schemas", async () => {
  const database = await createEmptyDatabase();
  const url = new URL(database.url);
  // The template's database belongs to the role, but not the one named postgres.
  url.pathname = "/postgres";
  expect(await failingStart({ DATABASE_URL: url.toString() })).toMatch(
    /GRANT CREATE ON DATABASE "postgres" TO "warren"/,
  );
  await database.drop();
});

test("too old a Node", async () => {
  const pretend = "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.0' } })";
  const sentence = await failingStart(
    {},
    { args: ["--import", `data:text/javascript,${pretend}`, "bin/bootstrap.mjs"] },
  );
  expect(sentence).toMatch(
    /needs Node\.js 20\.19 or newer \(20, 22 or 24\), and this is 18\.20\.0: install a newer one/,
  );
});
