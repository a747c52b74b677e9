import type { ConsoleDatabase } from "@/lib/auth/console-database";
import { hashPassword, passwordMatches } from "@/lib/auth/password";

/** Somebody who has shown who they are. */
export interface KnownUser {
  readonly id: string;
  readonly name: string;
  /** RabbitMQ's user tags: administrator, monitoring, policymaker, management. */
  readonly tags: readonly string[];
}

/** RabbitMQ's well-known first user. It may only come from the machine that Warren runs on. */
export const GUEST = "guest";

/** Makes guest/guest, an administrator, where there is no user at all yet. Any number of nodes may call it at once. */
export async function createFirstUser(database: ConsoleDatabase): Promise<void> {
  if ((await database.user.count()) > 0) return;
  await database.user.createMany({
    data: [{ name: GUEST, passwordHash: await hashPassword(GUEST), tags: ["administrator"] }],
    skipDuplicates: true,
  });
}

/** The user of this name; null if there is none. */
export async function findByName(database: ConsoleDatabase, name: string): Promise<KnownUser | null> {
  const user = name.includes("\0") ? null : await database.user.findUnique({ where: { name } });
  return user === null ? null : { id: user.id, name: user.name, tags: user.tags };
}

/** The user with this name and password; null if there is none. Takes tens of milliseconds of CPU either way. */
export async function findByPassword(
  database: ConsoleDatabase,
  name: string,
  password: string,
): Promise<KnownUser | null> {
  // Postgres can't hold NUL in text, so nobody has such a name.
  const user = name.includes("\0") ? null : await database.user.findUnique({ where: { name } });
  const matches = await passwordMatches(password, user?.passwordHash ?? null);
  return matches && user !== null ? { id: user.id, name: user.name, tags: user.tags } : null;
}
