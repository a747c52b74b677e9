import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { PlatformFailure } from "@/lib/platform/failure";

/** The operating-system user that Postgres runs as, where it isn't the user who started Warren. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Users that Postgres may run as when Warren is started by root, best first. */
const CANDIDATES = ["postgres", "nobody"];

/** Reads /etc/passwd (see passwd(5)) for the first entry that satisfies the condition. */
function findAccount(condition: (account: Account) => boolean): Account | undefined {
  let lines: string[];
  try {
    lines = readFileSync("/etc/passwd", "utf8").split("\n");
  } catch {
    return undefined;
  }
  for (const line of lines) {
    const [name = "", , uid = "", gid = ""] = line.split(":");
    const account = { name, uid: Number(uid), gid: Number(gid) };
    if (name !== "" && Number.isInteger(account.uid) && condition(account)) return account;
  }
  return undefined;
}

/**
 * The user that Postgres runs as. PostgreSQL refuses to run as root, so root lends it an unprivileged user: the owner
 * of the cluster if there is one already, else `postgres`, else `nobody`.
 * @param cluster the cluster's directory, which need not exist yet
 * @returns null when the current user isn't root, and so runs Postgres itself
 * @throws PlatformFailure when root has no user to lend
 */
export function postgresAccount(cluster: string): Account | null {
  if (process.getuid?.() !== 0) return null;
  const owner = statSync(cluster, { throwIfNoEntry: false });
  if (owner !== undefined && owner.uid !== 0) {
    return (
      findAccount((account) => account.uid === owner.uid) ?? {
        name: `uid ${owner.uid}`,
        uid: owner.uid,
        gid: owner.gid,
      }
    );
  }
  for (const name of CANDIDATES) {
    const account = findAccount((candidate) => candidate.name === name && candidate.uid !== 0);
    if (account !== undefined) return account;
  }
  throw new PlatformFailure(
    "Postgres doesn't run as root, and this machine has neither a user `postgres` nor `nobody`: start Warren as an ordinary user, or set DATABASE_URL.",
  );
}

/** Options for child_process that run a command as the account; for null they change nothing. */
export function asAccount(account: Account | null): { uid?: number; gid?: number } {
  return account === null ? {} : { uid: account.uid, gid: account.gid };
}

/** Whether the account can enter a directory. It is tried, not computed, so that mount options and ACLs count. */
export function canEnter(account: Account | null, directory: string): boolean {
  return spawnSync("/bin/sh", ["-c", 'cd -- "$1"', "sh", directory], { ...asAccount(account), cwd: "/" }).status === 0;
}
