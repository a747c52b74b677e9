import { randomBytes } from "node:crypto";
import { Client } from "pg";

/** The role that tests connect as: no superuser, as in production. */
export const ROLE = "warren";

/** The migrated, empty database that each test's own is a copy of. */
export const TEMPLATE = "warren_template";

export interface TestDatabase {
  /** Address of a fresh, migrated database, as the plain role that owns it. */
  readonly url: string;
  /** Ends all connections to the database and drops it. */
  drop(): Promise<void>;
}

/**
 * Makes a database of its own for a test (or a file of tests) on the server that test/support/postgres.ts started.
 * It takes some tens of milliseconds.
 */
export function createTestDatabase(): Promise<TestDatabase> {
  return createFrom(TEMPLATE);
}

/** Makes a database without any tables of Warren's. */
export function createEmptyDatabase(): Promise<TestDatabase> {
  return createFrom("template1");
}

async function createFrom(template: string): Promise<TestDatabase> {
  const server = process.env.WARREN_TEST_SERVER;
  if (server === undefined) throw new Error("There is no test server: run this in vitest's project `integration`.");
  const name = `test_${randomBytes(6).toString("hex")}`;
  await asSuperuser(server, `create database ${name} template ${template} owner ${ROLE}`);
  return {
    url: asRole(onDatabase(server, name)),
    drop: () => asSuperuser(server, `drop database if exists ${name} with (force)`),
  };
}

/** The same address with another database. */
export function onDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.toString();
}

/** The same address for the plain role of the tests. */
export function asRole(url: string): string {
  const changed = new URL(url);
  changed.username = ROLE;
  return changed.toString();
}

async function asSuperuser(server: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
