import { PrismaPg } from "@prisma/adapter-pg";
import { PrismaClient } from "@/generated/prisma/client";

/** The client of the console's own tables: people, sessions, templates, audit. */
export type ConsoleDatabase = PrismaClient;

/**
 * Opens the console's own tables. Connections are made when they are needed.
 * @param url of a migrated database
 */
export function openConsoleDatabase(url: string): ConsoleDatabase {
  const adapter = new PrismaPg({ connectionString: url, max: 5, application_name: "warren console" });
  return new PrismaClient({ adapter });
}

/**
 * A question to the database on a connection of its own, which is given up and made anew when it isn't answered, so that
 * it tells whether the database answers at all.
 * @param url of a database
 * @param patienceMs how long it may take
 */
export function openPulse(url: string, patienceMs: number): { ask(): Promise<unknown>; close(): Promise<void> } {
  // Made beforehand, and kept: on a busy machine a new connection takes longer than any answer.
  const always = { idleTimeoutMillis: 0, keepAlive: true };
  const limits = { connectionTimeoutMillis: patienceMs, query_timeout: patienceMs };
  const adapter = new PrismaPg({
    connectionString: url,
    max: 1,
    application_name: "warren pulse",
    ...always,
    ...limits,
  });
  const client = new PrismaClient({ adapter });
  return { ask: () => client.$queryRaw`select 1`, close: () => client.$disconnect() };
}

/** What Prisma and pg say when the database can't be reached or has just gone away. */
const awayCodes = new Set([
  ...["P1001", "P1002", "P1008", "P1017", "P2024"],
  ...["ECONNREFUSED", "ECONNRESET", "EPIPE", "ENOTFOUND", "EAI_AGAIN", "ETIMEDOUT", "ENOENT", "EAGAIN"],
  ...["57P01", "57P02", "57P03", "53300", "08000", "08003", "08006"],
]);

const awayKinds = new Set(["DatabaseNotReachable", "ConnectionClosed", "SocketTimeout", "TooManyConnections"]);

/** Whether an error of the console's own tables means that the database is away, rather than a fault of ours. */
export function isDatabaseAway(error: unknown): boolean {
  if (typeof error !== "object" || error === null) return false;
  const { code, originalCode, kind, message, cause, meta } = error as Record<string, unknown>;
  if ([code, originalCode].some((value) => typeof value === "string" && awayCodes.has(value))) return true;
  if (typeof kind === "string" && awayKinds.has(kind)) return true;
  if (typeof message === "string" && /connection terminated|timeout exceeded when trying to connect/i.test(message)) {
    return true;
  }
  // Prisma wraps the driver's error, in one way or the other.
  const { driverAdapterError } = (meta ?? {}) as Record<string, unknown>;
  return isDatabaseAway(cause) || isDatabaseAway(driverAdapterError);
}
