import { createHash, randomBytes } from "node:crypto";
import type { ConsoleDatabase } from "@/lib/auth/console-database";
import type { KnownUser } from "@/lib/auth/users";

/** So that a token is known for one wherever it turns up. */
const PREFIX = "warren_";
/** When a token was used is written down at most so often, in ms. */
const USE_NOTED_EVERY_MS = 60_000;

export interface NewToken {
  readonly userId: string;
  readonly name: string;
  readonly readOnly: boolean;
  readonly expiresAt: Date | null;
}

/**
 * Makes a token. A user's tokens have different names: Prisma's P2002 otherwise.
 * @returns its id, and the secret, which can't be had again
 */
export async function createToken(database: ConsoleDatabase, token: NewToken): Promise<{ id: string; secret: string }> {
  const secret = PREFIX + randomBytes(32).toString("base64url");
  const { id } = await database.token.create({ data: { ...token, hash: hashOf(secret) } });
  return { id, secret };
}

/** Whose token this is, and whether it may only read; null for one that has expired or never was. */
export async function findToken(
  database: ConsoleDatabase,
  secret: string,
): Promise<{ user: KnownUser; readOnly: boolean } | null> {
  if (!secret.startsWith(PREFIX)) return null;
  const token = await database.token.findUnique({ where: { hash: hashOf(secret) }, include: { user: true } });
  const now = Date.now();
  if (token === null || (token.expiresAt !== null && token.expiresAt.getTime() <= now)) return null;
  if (token.lastUsedAt === null || now - token.lastUsedAt.getTime() > USE_NOTED_EVERY_MS) {
    await database.token.updateMany({ where: { id: token.id }, data: { lastUsedAt: new Date(now) } });
  }
  const { id, name, tags } = token.user;
  return { user: { id, name, tags }, readOnly: token.readOnly };
}

function hashOf(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}
