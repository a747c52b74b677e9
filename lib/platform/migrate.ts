import { createHash, randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { Client } from "pg";
import { errorCode, errorMessage, PlatformFailure } from "@/lib/platform/failure";

interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

interface AppliedMigration {
  readonly migration_name: string;
  readonly checksum: string;
  readonly finished: boolean;
}

/** The key of the advisory lock that `prisma migrate` takes too, so that the two never run at once. */
const PRISMA_LOCK = 72_707_369;

/** Prisma's own table (schema engine, `create_migrations_table`), with its columns and types. */
const BOOKKEEPING = `
create table if not exists warren_console._prisma_migrations (
  id varchar(36) primary key not null,
  checksum varchar(64) not null,
  finished_at timestamptz,
  migration_name varchar(255) not null,
  logs text,
  rolled_back_at timestamptz,
  started_at timestamptz not null default now(),
  applied_steps_count integer not null default 0
)`;

/**
 * Brings a database to the state of this version: applies the migrations of `prisma/migrations` that it hasn't seen,
 * in order, each in a transaction of its own, and keeps Prisma's books. Any number of nodes may call it at once.
 * @param url of a role that may create schemas in the database
 * @param directory the folder of migrations, each `<timestamp>_<name>/migration.sql`
 * @returns the names of those that were applied now
 * @throws PlatformFailure when the database is newer, was migrated by changed files, or the role lacks a right
 */
export async function migrate(url: string, directory = path.resolve("prisma/migrations")): Promise<string[]> {
  const migrations = readMigrations(directory);
  const client = new Client({ connectionString: url, application_name: "warren migrate" });
  client.on("error", () => {});
  await client.connect();
  try {
    await client.query("select pg_advisory_lock($1)", [PRISMA_LOCK]);
    await prepareBooks(client);
    const applied = await appliedMigrations(client);
    requireHistory(migrations, applied);
    const known = new Set(applied.map((row) => row.migration_name));
    const pending = migrations.filter((migration) => !known.has(migration.name));
    for (const migration of pending) await apply(client, migration);
    return pending.map((migration) => migration.name);
  } finally {
    // The advisory lock ends with the session.
    await client.end();
  }
}

function readMigrations(directory: string): Migration[] {
  const names = readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  return names.map((name) => {
    const sql = readFileSync(path.join(directory, name, "migration.sql"), "utf8");
    return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
  });
}

async function prepareBooks(client: Client): Promise<void> {
  try {
    const { rows } = await client.query<{ schema: boolean }>(
      "select exists (select from pg_namespace where nspname = 'warren_console') as schema",
    );
    // Not `if not exists`: that needs the right to create schemas even where there is nothing to do.
    if (!rows[0]?.schema) await client.query("create schema warren_console");
    await client.query(BOOKKEEPING);
  } catch (error) {
    if (errorCode(error) !== "42501") throw error;
    throw new PlatformFailure(
      `the role \`${client.user}\` may not create schemas in the database \`${client.database}\`: let the database's owner run GRANT CREATE ON DATABASE "${client.database}" TO "${client.user}".`,
    );
  }
}

async function appliedMigrations(client: Client): Promise<AppliedMigration[]> {
  const { rows } = await client.query<AppliedMigration>(
    `select migration_name, checksum, finished_at is not null as finished
     from warren_console._prisma_migrations where rolled_back_at is null order by migration_name`,
  );
  return rows;
}

/** Refuses a database whose past isn't a part of ours. */
function requireHistory(migrations: Migration[], applied: AppliedMigration[]): void {
  const ours = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const row of applied) {
    const migration = ours.get(row.migration_name);
    if (migration === undefined) {
      throw new PlatformFailure(
        `the database was migrated by a newer Warren (it has \`${row.migration_name}\`, which this one doesn't know): update Warren, or use another database.`,
      );
    }
    if (!row.finished) {
      throw new PlatformFailure(
        `the migration \`${row.migration_name}\` was begun in this database by another tool and not finished: repair it with \`npx prisma migrate resolve\`, then start again.`,
      );
    }
    if (row.checksum !== migration.checksum) {
      throw new PlatformFailure(
        `the migration \`${row.migration_name}\` was applied to this database with another content than it has now: put the file back as it was, or start with a new database (WARREN_DATA_DIR or DATABASE_URL).`,
      );
    }
  }
}

async function apply(client: Client, migration: Migration): Promise<void> {
  try {
    await client.query("begin");
    await client.query(migration.sql);
    await client.query(
      `insert into warren_console._prisma_migrations
         (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       values ($1, $2, $3, now(), clock_timestamp(), 1)`,
      [randomUUID(), migration.checksum, migration.name],
    );
    await client.query("commit");
  } catch (error) {
    await client.query("rollback").catch(() => {});
    throw new PlatformFailure(
      `the migration \`${migration.name}\` failed and was rolled back (${errorMessage(error)}): the database is as it was before.`,
    );
  }
}
