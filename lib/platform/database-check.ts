import { Client } from "pg";
import { errorCode, errorMessage, PlatformFailure } from "@/lib/platform/failure";
import { pause } from "@/lib/platform/processes";

/** The oldest PostgreSQL that Warren runs on, as server_version_num counts. */
const OLDEST_VERSION = 140_000;

const CONNECT_LIMIT = 10_000;

/** Codes of a server that isn't there now, and may be in a moment. */
const AWAY = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EPIPE",
  // Of a Unix socket: there is none, or its queue of callers is full.
  "ENOENT",
  "EAGAIN",
]);

/**
 * Makes sure that a Postgres answers at the address, lets this role in, and is new enough. Waits for one that is just
 * starting.
 * @throws PlatformFailure with what to do; it never holds the password
 */
export async function requireDatabase(url: string): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await inspect(url);
    } catch (error) {
      // cannot_connect_now: the server is starting or recovering.
      if (errorCode(error) !== "57P03" || attempt >= 60) throw failureOf(error, url);
      await pause(500);
    }
  }
}

/**
 * Waits until the database answers, however long that takes.
 * @param say prints one line when it has to wait, and one when the waiting is over
 */
export async function waitForDatabase(url: string, say: (line: string) => void): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await inspect(url);
      if (attempt > 0) say("The database answers again.");
      return;
    } catch (error) {
      if (attempt === 0) say(`Waiting for the database: ${errorMessage(failureOf(error, url))}`);
      await pause(Math.min(250 * 2 ** attempt, 3_000));
    }
  }
}

async function inspect(url: string): Promise<void> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_LIMIT,
    application_name: "warren start",
  });
  client.on("error", () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ number: number; version: string; standby: boolean }>(
      "select current_setting('server_version_num')::int as number, current_setting('server_version') as version, pg_is_in_recovery() as standby",
    );
    const server = rows[0];
    if (server === undefined) throw new PlatformFailure(`what answers at ${placeOf(url)} isn't a PostgreSQL.`);
    if (server.number < OLDEST_VERSION) {
      throw new PlatformFailure(
        `the Postgres at ${placeOf(url)} is version ${server.version}, and Warren needs 14 or newer: update it, or point DATABASE_URL at a newer one.`,
      );
    }
    if (server.standby) {
      throw new PlatformFailure(
        `the Postgres at ${placeOf(url)} is a read-only standby: point DATABASE_URL at the primary server.`,
      );
    }
  } finally {
    await client.end().catch(() => {});
  }
}

/** "host:port" of an address, without its secrets. A parameter `host` wins, as it does for the driver. */
function placeOf(url: string): string {
  const { hostname, port, searchParams } = new URL(url);
  return `${searchParams.get("host") || hostname || "localhost"}:${port || "5432"}`;
}

/** The sentence for an error of connecting. */
function failureOf(error: unknown, url: string): unknown {
  if (error instanceof PlatformFailure) return error;
  const { username, pathname } = new URL(url);
  const place = placeOf(url);
  const user = decodeURIComponent(username);
  const code = errorCode(error instanceof AggregateError ? error.errors[0] : error);
  const message = errorMessage(error);
  if (AWAY.has(code) || /timeout expired|terminated unexpectedly/.test(message)) {
    return new PlatformFailure(
      `no Postgres answers at ${place} (${code || "no answer in time"}): start it, or correct DATABASE_URL.`,
    );
  }
  if (code === "28P01" || /client password must be a string/.test(message)) {
    return new PlatformFailure(
      `the Postgres at ${place} doesn't accept the password of \`${user}\`: correct the password in DATABASE_URL.`,
    );
  }
  if (code === "28000") {
    return new PlatformFailure(
      `the Postgres at ${place} doesn't let \`${user}\` in (${message}): allow it there, or correct DATABASE_URL; some servers want ?sslmode=require at its end.`,
    );
  }
  if (code === "3D000") {
    return new PlatformFailure(
      `the Postgres at ${place} has no database \`${pathname.slice(1)}\`: make it with CREATE DATABASE, or correct DATABASE_URL.`,
    );
  }
  if (code === "53300") {
    return new PlatformFailure(
      `the Postgres at ${place} has no connection left: raise its max_connections, or end some of its clients.`,
    );
  }
  if (/SSL|self.signed|certificate/i.test(`${code} ${message}`)) {
    return new PlatformFailure(
      `the encrypted connection to the Postgres at ${place} failed (${message}): correct sslmode in DATABASE_URL (disable, require, no-verify, verify-full).`,
    );
  }
  return new PlatformFailure(`the Postgres at ${place} can't be used (${message}): check DATABASE_URL.`);
}
