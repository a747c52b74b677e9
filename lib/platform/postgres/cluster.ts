import { spawn } from "node:child_process";
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { PlatformFailure } from "@/lib/platform/failure";
import { asAccount } from "@/lib/platform/postgres/account";
import type { PostgresBinaries } from "@/lib/platform/postgres/binaries";
import { clusterPassword, giveTo, type PostgresHome } from "@/lib/platform/postgres/home";

/** What the server is for: tests give up durability for speed. */
export type ClusterPurpose = "production" | "test";

/** The superuser that initdb makes. Warren itself connects as the plain role `warren`. */
export const SUPERUSER = "postgres";

/**
 * Makes the cluster if there is none, and checks that the one which is there fits the programs.
 * @returns true when it was made just now
 * @throws PlatformFailure when it was made by another major version of PostgreSQL, or can't be made
 */
export async function ensureCluster(
  home: PostgresHome,
  binaries: PostgresBinaries,
  purpose: ClusterPurpose,
): Promise<boolean> {
  const versionFile = path.join(home.cluster, "PG_VERSION");
  if (!existsSync(versionFile)) {
    await createCluster(home, binaries, purpose);
    return true;
  }
  const version = readFileSync(versionFile, "utf8").trim();
  if (version === String(binaries.major)) return false;
  throw new PlatformFailure(
    `the data directory ${home.cluster} was made by PostgreSQL ${version}, and this Warren brings PostgreSQL ${binaries.major}: ` +
      `start PostgreSQL ${version} on it yourself and point DATABASE_URL there, or choose a new data directory with WARREN_DATA_DIR.`,
  );
}

/** Runs initdb in a neighbouring directory which is renamed when whole, so that an interrupted start leaves nothing half. */
async function createCluster(home: PostgresHome, binaries: PostgresBinaries, purpose: ClusterPurpose): Promise<void> {
  const partial = path.join(home.directory, "postgres-new");
  const passwordFile = path.join(home.directory, "postgres-initdb-password");
  rmSync(partial, { recursive: true, force: true });
  // initdb wants a directory that it may fill: the home belongs to root, so root makes it and gives it away.
  await makeOwned(partial, home);
  writeFileSync(passwordFile, `${clusterPassword(home)}\n`, { mode: 0o600 });
  giveTo(home.account, passwordFile);
  try {
    await runInitdb(home, binaries, [
      `--pgdata=${partial}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${passwordFile}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      // The same order of text on every machine and after every update of the operating system.
      "--locale=C",
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
      "--no-instructions",
      ...(purpose === "test" ? ["--no-sync"] : []),
    ]);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  rmSync(home.cluster, { recursive: true, force: true });
  renameSync(partial, home.cluster);
}

async function makeOwned(directory: string, home: PostgresHome): Promise<void> {
  const { mkdir } = await import("node:fs/promises");
  await mkdir(directory, { mode: 0o700 });
  giveTo(home.account, directory);
}

function runInitdb(home: PostgresHome, binaries: PostgresBinaries, args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(binaries.initdb, args, {
      ...asAccount(home.account),
      cwd: "/",
      env: serverEnvironment(),
      stdio: ["ignore", "ignore", "pipe"],
    });
    let complaint = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      complaint += text;
    });
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) return resolve();
      if (/No space left on device/.test(complaint)) {
        return reject(
          new PlatformFailure(`the disk that holds ${home.directory} is full: free some space and start again.`),
        );
      }
      const reason = complaint.trim().split("\n").at(-1) ?? "";
      reject(new PlatformFailure(`the embedded Postgres couldn't make its data directory ${home.cluster}: ${reason}`));
    });
  });
}

/** A clean environment for Postgres' programs: no PG* variables, no secrets of ours, English messages. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, LANG: "C", LC_ALL: "C", TZ: "UTC", NODE_ENV: process.env.NODE_ENV, ...MEMORY };
}

/**
 * For malloc of glibc, in bytes; see mallopt(3), others ignore it. A flush of large bodies takes blocks of several MiB.
 * By default each is asked of the system, cleared page by page, and given back; with this a process keeps that much.
 */
const MEMORY = { MALLOC_MMAP_THRESHOLD_: String(2 ** 25), MALLOC_TRIM_THRESHOLD_: String(2 ** 25) };

/** Writes the settings of the server; `ALTER SYSTEM` overrides them, this file is written again at each start. */
export function writeSettings(home: PostgresHome, purpose: ClusterPurpose): void {
  const file = path.join(home.cluster, "warren.conf");
  const settings = { ...COMMON_SETTINGS, ...(purpose === "test" ? TEST_SETTINGS : PRODUCTION_SETTINGS) };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value}'`);
  writeFileSync(
    file,
    `# Written by Warren at each start. Use ALTER SYSTEM for settings of your own.\n${lines.join("\n")}\n`,
  );
  giveTo(home.account, file);
  const main = path.join(home.cluster, "postgresql.conf");
  const include = "include_if_exists = 'warren.conf'";
  const text = readFileSync(main, "utf8");
  if (!text.includes(include)) writeFileSync(main, `${text}\n${include}\n`);
}

const COMMON_SETTINGS: Readonly<Record<string, string>> = {
  password_encryption: "scram-sha-256",
  max_connections: "200",
  jit: "off",
  timezone: "UTC",
  log_timezone: "UTC",
  log_line_prefix: "%m [%p] ",
  lc_messages: "C",
};

const PRODUCTION_SETTINGS: Readonly<Record<string, string>> = {
  shared_buffers: "256MB",
  synchronous_commit: "on",
  max_wal_size: "4GB",
  checkpoint_completion_target: "0.9",
  wal_compression: "on",
  // Queue tables turn over quickly: vacuum must keep up.
  autovacuum_vacuum_cost_delay: "2ms",
  autovacuum_naptime: "15s",
  random_page_cost: "1.1",
};

const TEST_SETTINGS: Readonly<Record<string, string>> = {
  shared_buffers: "128MB",
  fsync: "off",
  full_page_writes: "off",
  synchronous_commit: "off",
  max_wal_size: "1GB",
  autovacuum_naptime: "15s",
};
