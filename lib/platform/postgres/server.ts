import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Client } from "pg";
import { errorCode, PlatformFailure } from "@/lib/platform/failure";
import { lockDirectory } from "@/lib/platform/lock";
import { freePort, isPortFree } from "@/lib/platform/ports";
import { asAccount } from "@/lib/platform/postgres/account";
import { type LocalAddress, localUrl, makeSocketDirectory, socketSetting } from "@/lib/platform/postgres/address";
import { type PostgresBinaries, prepareBinaries } from "@/lib/platform/postgres/binaries";
import {
  type ClusterPurpose,
  ensureCluster,
  SUPERUSER,
  serverEnvironment,
  writeSettings,
} from "@/lib/platform/postgres/cluster";
import {
  binariesFallback,
  clusterPassword,
  openHome,
  type PostgresHome,
  unusableDirectory,
} from "@/lib/platform/postgres/home";
import { clearLeftovers, stopPostmaster } from "@/lib/platform/postgres/postmaster";
import { pause } from "@/lib/platform/processes";

/** The role and the database that Warren uses; neither needs nor has a superuser's rights. */
export const ROLE = "warren";
export const DATABASE = "warren";

/** A server that was started by this process. */
export interface EmbeddedPostgres {
  readonly pid: number;
  readonly port: number;
  /** postgresql:// address of the role and database that Warren uses; holds the password. By Unix socket if possible. */
  readonly url: string;
  /** The same for the superuser and the database `postgres`; for tests and repairs. */
  readonly superuserUrl: string;
  /** Resolves when the server has ended, for whatever reason, with how: "code 0", "signal SIGKILL". */
  readonly ended: Promise<string>;
  /** Stops the server and waits for its end. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** Absolute path of Warren's data directory; made if it isn't there. */
  readonly dataDirectory: string;
  readonly purpose: ClusterPurpose;
  /** Prints one line of progress. */
  readonly say: (line: string) => void;
}

/** The log is cut at each start when it is larger than this (bytes). */
const LOG_LIMIT = 20 * 1024 * 1024;

/**
 * Starts the embedded Postgres of a data directory and waits until it takes connections: makes the cluster at the
 * first start, and after a crash stops what was left and recovers.
 * @throws PlatformFailure with what to do when it can't start
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { say, purpose } = options;
  const home = openHome(options.dataDirectory, say);
  const unlock = await lockDirectory(home.directory);
  try {
    return await startServer(home, purpose, say, unlock);
  } catch (error) {
    unlock();
    throw unusableDirectory(error, home.directory, options.dataDirectory);
  }
}

async function startServer(
  home: PostgresHome,
  purpose: ClusterPurpose,
  say: (line: string) => void,
  unlock: () => void,
): Promise<EmbeddedPostgres> {
  const binaries = prepareBinaries(home.account, binariesFallback(home));
  const fresh = await ensureCluster(home, binaries, purpose);
  if (fresh) say(`Made a new database (PostgreSQL ${binaries.version}) in ${home.cluster}.`);
  else await clearLeftovers(home.cluster, say);
  writeSettings(home, purpose);
  const { child, address } = await launch(home, binaries, say);
  const server = handleOf(home, child, address, unlock);
  try {
    await createDatabase(server.superuserUrl, clusterPassword(home));
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

function handleOf(
  home: PostgresHome,
  child: ChildProcess,
  address: LocalAddress,
  unlock: () => void,
): EmbeddedPostgres {
  const password = clusterPassword(home);
  const pid = child.pid ?? 0;
  const how = () => (child.signalCode === null ? `code ${child.exitCode}` : `signal ${child.signalCode}`);
  const ended = new Promise<string>((resolve) => {
    if (hasEnded(child)) resolve(how());
    else child.once("exit", () => resolve(how()));
  });
  return {
    pid,
    port: address.port,
    url: localUrl(ROLE, password, address, DATABASE),
    superuserUrl: localUrl(SUPERUSER, password, address, "postgres"),
    ended,
    stop: async () => {
      if (!hasEnded(child)) await stopPostmaster(pid);
      await ended;
      unlock();
    },
  };
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/**
 * Starts the process on the port of the last time if that is free; tries others when somebody is faster. Without a
 * Unix socket where the file system of its directory can't hold one.
 */
async function launch(
  home: PostgresHome,
  binaries: PostgresBinaries,
  say: (line: string) => void,
): Promise<{ child: ChildProcess; address: LocalAddress }> {
  let complaint = "";
  let bySocket = true;
  let portTaken = false;
  for (let attempt = 0; attempt < 4; attempt += 1) {
    const port = await choosePort(home, portTaken);
    const address = { port, socketDirectory: bySocket ? makeSocketDirectory(home) : null };
    const log = openLog(home);
    const child = spawnServer(home, binaries, address);
    if (await waitUntilReady(child, home, port, say)) {
      if (address.socketDirectory === null || (await connectState(superuserUrl(home, address))) === "ready") {
        return { child, address };
      }
      await stopPostmaster(child.pid ?? 0);
      bySocket = false;
      continue;
    }
    complaint = readSince(log.file, log.start);
    if (/Unix address|Unix-domain|\.s\.PGSQL/.test(complaint)) {
      bySocket = false;
      continue;
    }
    // A port that was taken meanwhile, or processes of a crashed server that are still on their way out.
    if (!/could not bind|shared memory block .* still in use/.test(complaint)) break;
    portTaken = true;
    await pause(500);
  }
  throw new PlatformFailure(startSentence(complaint, home));
}

function superuserUrl(home: PostgresHome, address: LocalAddress): string {
  return localUrl(SUPERUSER, clusterPassword(home), address, "postgres");
}

async function choosePort(home: PostgresHome, lastIsTaken: boolean): Promise<number> {
  const file = path.join(home.directory, "postgres-port");
  const last = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
  const port = !lastIsTaken && last > 0 && (await isPortFree(last)) ? last : await freePort();
  writeFileSync(file, `${port}\n`);
  return port;
}

function logFile(home: PostgresHome): string {
  return path.join(home.directory, "postgres.log");
}

function openLog(home: PostgresHome): { file: string; start: number } {
  const file = logFile(home);
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size <= LOG_LIMIT) return { file, start: size };
  truncateSync(file);
  return { file, start: 0 };
}

function readSince(file: string, start: number): string {
  return readFileSync(file).subarray(start).toString("utf8");
}

function spawnServer(home: PostgresHome, binaries: PostgresBinaries, address: LocalAddress): ChildProcess {
  const log = openSync(logFile(home), "a", 0o600);
  try {
    const sockets = `unix_socket_directories=${socketSetting(address.socketDirectory)}`;
    const listening = ["-p", String(address.port), "-c", "listen_addresses=127.0.0.1", "-c", sockets];
    return spawn(binaries.postgres, ["-D", home.cluster, ...listening], {
      ...asAccount(home.account),
      cwd: "/",
      env: serverEnvironment(),
      // A session of its own: Ctrl-C at the terminal must reach the others first.
      detached: true,
      stdio: ["ignore", log, log],
    });
  } finally {
    closeSync(log);
  }
}

/** Waits until the server takes connections. Returns false when its process ended before that. */
async function waitUntilReady(
  child: ChildProcess,
  home: PostgresHome,
  port: number,
  say: (line: string) => void,
): Promise<boolean> {
  let gone = false;
  child.once("exit", () => {
    gone = true;
  });
  child.once("error", () => {
    gone = true;
  });
  const began = Date.now();
  let told = false;
  while (!gone) {
    const state = await connectState(superuserUrl(home, { port, socketDirectory: null }));
    if (state === "ready") return true;
    if (state === "refused-password") {
      await stopPostmaster(child.pid ?? 0);
      throw new PlatformFailure(
        `the password in ${path.join(home.directory, "postgres-password")} isn't that of the database in ${home.cluster}: put the right file back, or choose a new data directory with WARREN_DATA_DIR.`,
      );
    }
    if (!told && Date.now() - began > 5_000) {
      told = true;
      say("Postgres is recovering from a crash; this can take a while.");
    }
    await pause(50);
  }
  return false;
}

async function connectState(url: string): Promise<"ready" | "not-yet" | "refused-password"> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on("error", () => {});
  try {
    await client.connect();
    return "ready";
  } catch (error) {
    // 57P03 cannot_connect_now while recovering, ECONNREFUSED before it listens.
    return errorCode(error) === "28P01" ? "refused-password" : "not-yet";
  } finally {
    await client.end().catch(() => {});
  }
}

function startSentence(complaint: string, home: PostgresHome): string {
  if (/No space left on device/.test(complaint)) {
    return `the disk that holds ${home.directory} is full: free some space and start again.`;
  }
  const fatal = /(?:FATAL|PANIC):\s+(.*)/.exec(complaint)?.[1] ?? complaint.trim().split("\n").at(-1) ?? "";
  return `the embedded Postgres stopped while it was starting (${fatal}): its log is ${logFile(home)}.`;
}

/** Makes Warren's role and database if they aren't there yet. */
async function createDatabase(superuserUrl: string, password: string): Promise<void> {
  const client = new Client({ connectionString: superuserUrl });
  client.on("error", () => {});
  await client.connect();
  try {
    const { rows } = await client.query<{ role: boolean; database: boolean }>(
      "select exists (select from pg_roles where rolname = $1) as role, exists (select from pg_database where datname = $2) as database",
      [ROLE, DATABASE],
    );
    if (!rows[0]?.role) {
      await client.query(`create role ${ROLE} login createdb password ${client.escapeLiteral(password)}`);
    }
    if (!rows[0]?.database) await client.query(`create database ${DATABASE} owner ${ROLE}`);
  } finally {
    await client.end();
  }
}
