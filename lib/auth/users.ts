import type { ConsoleDatabase } from "@/lib/auth/console-database";
import { hashPassword, passwordMatches } from "@/lib/auth/password";
import type { Administration } from "@/lib/broker/administration";

/** Somebody who has shown who they are. */
export interface KnownUser {
  readonly id: string;
  readonly name: string;
  /** RabbitMQ's user tags: administrator, monitoring, policymaker, management. */
  readonly tags: readonly string[];
}

/** RabbitMQ's well-known first user. It may only come from the machine that Warren runs on. */
export const GUEST = "guest";

/** A user with what shows whether the password is still the one that was checked. */
export interface StoredUser extends KnownUser {
  readonly passwordHash: string;
}

/** Makes guest/guest, an administrator, where there is no user at all yet. Any number of nodes may call it at once. */
export async function createFirstUser(
  database: ConsoleDatabase,
  administration: Pick<Administration, "createFirstUser">,
): Promise<void> {
  if ((await database.user.count()) > 0) return;
  const passwordHash = await hashPassword(GUEST);
  await administration.createFirstUser({ name: GUEST, passwordHash, tags: ["administrator"] });
}

/** The user of this name; null if there is none. */
export async function findByName(database: ConsoleDatabase, name: string): Promise<StoredUser | null> {
  // Postgres can't hold NUL in text, so nobody has such a name.
  const user = name.includes("\0") ? null : await database.user.findUnique({ where: { name } });
  if (user === null) return null;
  return { id: user.id, name: user.name, tags: user.tags, passwordHash: user.passwordHash };
}

/** The user with this name and password; null if there is none. Takes tens of milliseconds of CPU either way. */
export async function findByPassword(
  database: ConsoleDatabase,
  name: string,
  password: string,
): Promise<StoredUser | null> {
  const user = await findByName(database, name);
  return (await passwordMatches(password, user?.passwordHash ?? null)) ? user : null;
}
