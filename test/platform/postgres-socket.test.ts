import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Client } from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openConsoleDatabase } from "@/lib/auth/console-database";
import { existingDatabaseUrl } from "@/lib/platform/database-url";
import { readEnvironment } from "@/lib/platform/env";
import { errorCode } from "@/lib/platform/failure";
import { migrate } from "@/lib/platform/migrate";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "@/lib/platform/postgres/server";

let directory: string;
let server: EmbeddedPostgres | undefined;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "warren-socket-"));
  // Under root, the user that Postgres runs as must be able to pass.
  chmodSync(directory, 0o755);
});

afterEach(async () => {
  await server?.stop();
  server = undefined;
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
});

async function start(dataDirectory: string): Promise<EmbeddedPostgres> {
  server = await startEmbeddedPostgres({ dataDirectory, purpose: "test", say: () => {} });
  return server;
}

/** "socket" or "tcp", by what the server says of the connection; the code of the error if there is none. */
async function wayOf(url: string): Promise<string> {
  const client = new Client({ connectionString: url });
  client.on("error", () => {});
  try {
    await client.connect();
    const { rows } = await client.query("select inet_server_addr() is null as local");
    return rows[0].local ? "socket" : "tcp";
  } catch (error) {
    return errorCode(error);
  } finally {
    await client.end().catch(() => {});
  }
}

function changed(url: string, change: (url: URL) => void): string {
  const copy = new URL(url);
  change(copy);
  return copy.toString();
}

test("it is reached by a socket that only its user can enter and that asks for the password, and by TCP", async () => {
  const data = path.join(directory, "a b, 'ü' 50%");
  const { url } = await start(data);
  expect(await wayOf(url)).toBe("socket");
  const sockets = statSync(path.join(data, "socket"));
  expect([sockets.mode & 0o777, sockets.uid]).toEqual([0o700, statSync(path.join(data, "postgres")).uid]);
  const wrong = changed(url, (copy) => {
    copy.password = "guessed";
  });
  const tcp = changed(url, (copy) => copy.searchParams.delete("host"));
  expect([await wayOf(wrong), await wayOf(tcp)]).toEqual(["28P01", "tcp"]);
  expect(existingDatabaseUrl(readEnvironment({ WARREN_DATA_DIR: data }))).toBe(url);

  await migrate(url);
  const console = openConsoleDatabase(url);
  expect(await console.user.count()).toBe(0);
  await console.$disconnect();
});

test("where the path of a socket would be too long it is reached by TCP", async () => {
  const data = path.join(directory, "long".repeat(25));
  const { url } = await start(data);
  expect([await wayOf(url), new URL(url).search]).toEqual(["tcp", ""]);
  expect(existingDatabaseUrl(readEnvironment({ WARREN_DATA_DIR: data }))).toBe(url);
});

test("what a killed server leaves of its socket does not hinder the next, whoever has its process id by then", async () => {
  const { url, pid, port, ended, stop } = await start(directory);
  process.kill(pid, "SIGKILL");
  await ended;
  await stop();
  const lock = path.join(directory, "socket", `.s.PGSQL.${port}.lock`);
  writeFileSync(lock, readFileSync(lock, "utf8").replace(String(pid), String(process.pid)));
  const again = await start(directory);
  expect([again.url, await wayOf(again.url)]).toEqual([url, "socket"]);
});
