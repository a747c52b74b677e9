import { createHash, randomBytes } from "node:crypto";
import type { ConsoleDatabase } from "@/lib/auth/console-database";
import type { KnownUser } from "@/lib/auth/users";

/** A session ends so long after it was last used, in ms. */
export const SESSION_LIFETIME_MS = 12 * 3600 * 1000;
/** The end of a session is moved on at most so often, in ms, so that reading pages doesn't write to the database. */
const RENEWAL_INTERVAL_MS = 5 * 60 * 1000;

export interface NewSession {
  readonly user: KnownUser;
  readonly address: string;
  readonly userAgent: string;
}

/**
 * Begins a session.
 * @returns the secret for the cookie; the database only has its hash
 */
export async function beginSession(database: ConsoleDatabase, session: NewSession): Promise<string> {
  const secret = randomBytes(32).toString("base64url");
  await database.session.deleteMany({ where: { expiresAt: { lt: new Date() } } });
  await database.session.create({
    data: {
      id: hashOf(secret),
      userId: session.user.id,
      address: session.address,
      userAgent: session.userAgent.slice(0, 500).replaceAll("\0", ""),
      expiresAt: new Date(Date.now() + SESSION_LIFETIME_MS),
    },
  });
  return secret;
}

/**
 * Whose session this secret is; null if it has ended or never was. `renewed` says that its end was moved on, so that
 * the cookie's should be too.
 */
export async function findSession(
  database: ConsoleDatabase,
  secret: string,
): Promise<{ user: KnownUser; renewed: boolean } | null> {
  const id = hashOf(secret);
  const session = await database.session.findUnique({ where: { id }, include: { user: true } });
  const now = Date.now();
  if (session === null || session.expiresAt.getTime() <= now) return null;
  const renewed = now - session.lastSeenAt.getTime() > RENEWAL_INTERVAL_MS;
  if (renewed) {
    await database.session.updateMany({
      where: { id },
      data: { lastSeenAt: new Date(now), expiresAt: new Date(now + SESSION_LIFETIME_MS) },
    });
  }
  const { id: userId, name, tags } = session.user;
  return { user: { id: userId, name, tags }, renewed };
}

/** Ends a session; ending one that isn't there is no error. */
export async function endSession(database: ConsoleDatabase, secret: string): Promise<void> {
  await database.session.deleteMany({ where: { id: hashOf(secret) } });
}

function hashOf(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}
