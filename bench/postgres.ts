import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Client } from "pg";
import { migrate } from "@/lib/platform/migrate";
import { startEmbeddedPostgres } from "@/lib/platform/postgres/server";

/** A database for one run of the bench, migrated and otherwise empty. */
export interface BenchPostgres {
  readonly url: string;
  readonly version: string;
  readonly synchronousCommit: string;
  /** Process id of the postmaster if it runs on this machine; else null, and no CPU times are known. */
  readonly postmaster: number | null;
  /** Drops the database, and stops the server if it was started here. May be called twice. */
  close(): Promise<void>;
}

/**
 * Starts the embedded Postgres with Warren's settings for production, or uses the server of BENCH_DATABASE_URL, and
 * makes a database there.
 */
export async function openBenchPostgres(synchronousCommit: string | null): Promise<BenchPostgres> {
  const given = process.env.BENCH_DATABASE_URL;
  if (given !== undefined && given !== "") return onServer(given, synchronousCommit, async () => {});
  const dataDirectory = mkdtempSync(path.join(tmpdir(), "warren-bench-"));
  const server = await startEmbeddedPostgres({ dataDirectory, purpose: "production", say: () => {} });
  const end = async () => {
    await server.stop();
    rmSync(dataDirectory, { recursive: true, force: true });
  };
  try {
    return await onServer(server.superuserUrl, synchronousCommit, end);
  } catch (error) {
    await end();
    throw error;
  }
}

async function onServer(serverUrl: string, synchronousCommit: string | null, end: () => Promise<void>) {
  const name = `warren_bench_${randomBytes(4).toString("hex")}`;
  await once(serverUrl, async (client) => {
    await client.query(`create database ${name}`);
    if (synchronousCommit !== null) {
      await client.query(
        `alter database ${name} set synchronous_commit = ${client.escapeIdentifier(synchronousCommit)}`,
      );
    }
  });
  const address = new URL(serverUrl);
  address.pathname = `/${name}`;
  const url = address.toString();
  await migrate(url);
  const facts = await once(url, async (client) => {
    const { rows } = await client.query(
      "select current_setting('server_version') as version, current_setting('synchronous_commit') as sync, pg_backend_pid() as pid",
    );
    return rows[0] as { version: string; sync: string; pid: number };
  });
  const postmaster = await once(url, (client) => postmasterOf(client));
  let closing: Promise<void> | undefined;
  const close = async () => {
    try {
      // Refused while contestants that are still at work connect again and again.
      await once(serverUrl, (client) => client.query(`drop database if exists ${name} with (force)`));
    } finally {
      await end();
    }
  };
  return {
    url,
    version: facts.version,
    synchronousCommit: facts.sync,
    postmaster,
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

/** The parent of our own backend, if that is a process of this machine. */
async function postmasterOf(client: Client): Promise<number | null> {
  const { rows } = await client.query("select pg_backend_pid() as pid");
  try {
    const stat = readFileSync(`/proc/${rows[0].pid}/stat`, "utf8");
    if (!stat.includes("(postgres)")) return null;
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return null;
  }
}

async function once<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
