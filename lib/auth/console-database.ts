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

/** What Prisma and pg say when the database can't be reached or has just gone away. */
const awayCodes = new Set([
  ...["P1001", "P1002", "P1008", "P1017", "P2024"],
  ...["ECONNREFUSED", "ECONNRESET", "EPIPE", "ENOTFOUND", "EAI_AGAIN", "ETIMEDOUT", "ENOENT"],
  ...["57P01", "57P02", "57P03", "53300", "08000", "08003", "08006"],
]);

/** Whether an error of the console's own tables means that the database is away, rather than a fault of ours. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, originalCode, kind } = error as { code?: unknown; originalCode?: unknown; kind?: unknown };
  if ([code, originalCode].some((value) => typeof value === "string" && awayCodes.has(value))) return true;
  if (kind === "DatabaseNotReachable" || kind === "ConnectionClosed" || kind === "SocketTimeout") return true;
  if (/connection terminated|timeout exceeded when trying to connect/i.test(error.message)) return true;
  return error.cause !== undefined && isDatabaseAway(error.cause);
}
