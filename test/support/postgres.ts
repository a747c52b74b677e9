import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Client } from "pg";
import { migrate } from "@/lib/platform/migrate";
import { clearLeftovers } from "@/lib/platform/postgres/postmaster";
import { startEmbeddedPostgres } from "@/lib/platform/postgres/server";
import { isAlive } from "@/lib/platform/processes";
import { asRole, onDatabase, ROLE, TEMPLATE } from "@/test/support/database";

const PREFIX = "warren-test-";

/**
 * Starts one Postgres for all integration tests, with a migrated template database, and stops it after them. With
 * WARREN_TEST_SERVER set (the address of a superuser), that server is used instead, e.g. to try another version.
 */
export default async function startTestServer(): Promise<() => Promise<void>> {
  const given = process.env.WARREN_TEST_SERVER;
  if (given !== undefined) {
    await makeTemplate(given);
    return async () => {};
  }
  await removeLeftovers();
  // A short path of its own, readable to the unprivileged user that Postgres runs as under root.
  const dataDirectory = mkdtempSync(path.join(tmpdir(), `${PREFIX}${process.pid}-`));
  const server = await startEmbeddedPostgres({ dataDirectory, purpose: "test", say: () => {} });
  process.env.WARREN_TEST_SERVER = server.superuserUrl;
  await makeTemplate(server.superuserUrl);
  return async () => {
    await server.stop();
    rmSync(dataDirectory, { recursive: true, force: true });
  };
}

async function makeTemplate(superuserUrl: string): Promise<void> {
  const client = new Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    const { rowCount } = await client.query("select from pg_roles where rolname = $1", [ROLE]);
    const verb = rowCount === 0 ? "create" : "alter";
    const password = client.escapeLiteral(client.password ?? "");
    await client.query(`${verb} role ${ROLE} login createdb password ${password}`);
    await client.query(`drop database if exists ${TEMPLATE} with (force)`);
    await client.query(`create database ${TEMPLATE} owner ${ROLE}`);
  } finally {
    await client.end();
  }
  await migrate(asRole(onDatabase(superuserUrl, TEMPLATE)));
}

/** Stops the servers of test runs that were killed, and removes their folders. */
async function removeLeftovers(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const owner = /^warren-test-(\d+)-/.exec(name)?.[1];
    if (owner === undefined || isAlive(Number(owner))) continue;
    const directory = path.join(tmpdir(), name);
    await clearLeftovers(path.join(directory, "postgres"), () => {}).catch(() => {});
    rmSync(directory, { recursive: true, force: true });
  }
}
