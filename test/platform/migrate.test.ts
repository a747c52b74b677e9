import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Client } from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { migrate } from "@/lib/platform/migrate";
import { createEmptyDatabase, type TestDatabase } from "@/test/support/database";

let database: TestDatabase;
let directory: string;

beforeEach(async () => {
  database = await createEmptyDatabase();
  directory = mkdtempSync(path.join(tmpdir(), "migrations-"));
});

afterEach(async () => {
  await database.drop();
  rmSync(directory, { recursive: true });
});

function writeMigration(name: string, sql: string): void {
  mkdirSync(path.join(directory, name), { recursive: true });
  writeFileSync(path.join(directory, name, "migration.sql"), sql);
}

async function query<Row extends object>(sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

test("applies the migrations in order, once, and keeps Prisma's books", async () => {
  writeMigration("2_second", "insert into thing values (2)");
  writeMigration("1_first", "create table thing (id int); insert into thing values (1)");

  expect(await migrate(database.url, directory)).toEqual(["1_first", "2_second"]);
  expect(await migrate(database.url, directory)).toEqual([]);

  expect(await query("select id from thing order by id")).toEqual([{ id: 1 }, { id: 2 }]);
  const books = await query(
    "select migration_name, checksum, applied_steps_count, finished_at is not null as finished from warren_console._prisma_migrations order by 1",
  );
  const checksum = createHash("sha256").update("insert into thing values (2)").digest("hex");
  expect(books[1]).toEqual({ migration_name: "2_second", checksum, applied_steps_count: 1, finished: true });
});

test("many nodes may start at once", async () => {
  writeMigration("1_first", "create table thing (id int); select pg_sleep(0.2)");
  const results = await Promise.all(Array.from({ length: 5 }, () => migrate(database.url, directory)));
  expect(results.flat()).toEqual(["1_first"]);
});

test("a migration that fails leaves nothing behind", async () => {
  writeMigration("1_first", "create table thing (id int); select 1 / 0");
  await expect(migrate(database.url, directory)).rejects.toThrow(
    /`1_first` failed and was rolled back \(division by zero\)/,
  );
  expect(await query("select to_regclass('thing') as found")).toEqual([{ found: null }]);
  writeMigration("1_first", "create table thing (id int)");
  expect(await migrate(database.url, directory)).toEqual(["1_first"]);
});

test("refuses a migration that was changed after it was applied", async () => {
  writeMigration("1_first", "create table thing (id int)");
  await migrate(database.url, directory);
  writeMigration("1_first", "create table thing (id bigint)");
  await expect(migrate(database.url, directory)).rejects.toThrow(/`1_first` was applied .* with another content/);
});

test("refuses a database that a newer version migrated", async () => {
  writeMigration("1_first", "select 1");
  writeMigration("2_second", "select 2");
  await migrate(database.url, directory);
  rmSync(path.join(directory, "2_second"), { recursive: true });
  await expect(migrate(database.url, directory)).rejects.toThrow(/newer Warren \(it has `2_second`/);
});

test("says which right a role lacks", async () => {
  writeMigration("1_first", "select 1");
  const name = new URL(database.url).pathname.slice(1);
  const role = `${name}_guest`;
  const client = new Client({ connectionString: process.env.WARREN_TEST_SERVER });
  await client.connect();
  try {
    await client.query(`create role ${role} login password 'secret-of-guest'`);
    const url = new URL(database.url);
    url.username = role;
    url.password = "secret-of-guest";
    await expect(migrate(url.toString(), directory)).rejects.toThrow(`GRANT CREATE ON DATABASE "${name}" TO "${role}"`);
    await client.query(`drop role ${role}`);
  } finally {
    await client.end();
  }
});
