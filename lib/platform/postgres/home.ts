import { createHash, randomBytes } from "node:crypto";
import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  statfsSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { errorCode, PlatformFailure } from "@/lib/platform/failure";
import { type Account, canEnter, postgresAccount } from "@/lib/platform/postgres/account";

/**
 * The folder that holds the embedded Postgres: its cluster (`postgres/`), password, port, log and lock. It is the data
 * directory itself, unless the user that Postgres runs as can't enter that.
 */
export interface PostgresHome {
  readonly directory: string;
  readonly cluster: string;
  readonly account: Account | null;
}

/** Below this much free space (bytes) a start would only fail later, in the middle of something. */
const LEAST_FREE_SPACE = 128 * 1024 * 1024;

/** Where homes and programs go that can't stay in the checkout. */
const SYSTEM_DIRECTORY = "/var/lib/warren";

/** Where copies of the programs go when they can't be run from node_modules. */
export function binariesFallback(home: PostgresHome): string {
  return home.account === null ? home.directory : SYSTEM_DIRECTORY;
}

/**
 * Finds or makes the home for a data directory.
 * @param dataDirectory an absolute path
 * @param say prints one line when the home has to be elsewhere
 * @throws PlatformFailure when a directory can't be made or written, or the disk is full
 */
export function openHome(dataDirectory: string, say: (line: string) => void): PostgresHome {
  makeDirectory(dataDirectory, dataDirectory);
  const pointer = path.join(dataDirectory, "postgres-location");
  const recorded = existsSync(pointer) ? readFileSync(pointer, "utf8").trim() : dataDirectory;
  let home = homeAt(recorded, dataDirectory);
  if (home.account !== null && !canEnter(home.account, home.directory)) {
    requireNoCluster(home, home.account);
    const hash = createHash("sha256").update(dataDirectory).digest("hex").slice(0, 12);
    home = homeAt(path.join(SYSTEM_DIRECTORY, hash), dataDirectory);
    writeFileSync(pointer, `${home.directory}\n`);
  }
  if (home.directory !== dataDirectory) {
    const user = home.account?.name ?? "the current user";
    say(`Postgres runs as ${user}, who can't enter ${dataDirectory}: its data is kept in ${home.directory}.`);
  }
  requireOwnCluster(home);
  requireSpace(home.directory);
  return home;
}

/**
 * The home of a data directory that is there already, without making or changing anything; null when there is none.
 */
export function existingHome(dataDirectory: string): PostgresHome | null {
  const pointer = path.join(dataDirectory, "postgres-location");
  const directory = existsSync(pointer) ? readFileSync(pointer, "utf8").trim() : dataDirectory;
  const cluster = path.join(directory, "postgres");
  return existsSync(cluster) ? { directory, cluster, account: postgresAccount(cluster) } : null;
}

function homeAt(directory: string, dataDirectory: string): PostgresHome {
  makeDirectory(directory, dataDirectory);
  const cluster = path.join(directory, "postgres");
  const account = postgresAccount(cluster);
  // The account must pass through; what is secret in here has its own mode.
  if (account !== null && statSync(directory).uid === 0) chmodSync(directory, 0o755);
  return { directory, cluster, account };
}

/** mkdir -p. Node's own never returns where the kernel says ENOENT for what can't be made, as in /proc. */
function makeWithParents(directory: string): void {
  if (existsSync(directory)) {
    if (!statSync(directory).isDirectory()) throw Object.assign(new Error("not a directory"), { code: "ENOTDIR" });
    return;
  }
  makeWithParents(path.dirname(directory));
  mkdirSync(directory);
}

function makeDirectory(directory: string, dataDirectory: string): void {
  try {
    makeWithParents(directory);
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw unusableDirectory(error, directory, dataDirectory);
  }
}

/** The sentence for a directory that can't be made or written. */
export function unusableDirectory(error: unknown, directory: string, dataDirectory: string): unknown {
  const remedy =
    directory === dataDirectory
      ? "give this user the right to write it, or choose another with WARREN_DATA_DIR."
      : "give this user the right to write it.";
  switch (errorCode(error)) {
    case "EACCES":
    case "ENOENT":
    case "EPERM":
    case "EROFS":
      return new PlatformFailure(`the data directory ${directory} can't be written: ${remedy}`);
    case "EEXIST":
    case "ENOTDIR":
      return new PlatformFailure(
        `the data directory ${directory} can't be made, for there is a file in its place: remove that, or choose another with WARREN_DATA_DIR.`,
      );
    case "ENOSPC":
    case "EDQUOT":
      return new PlatformFailure(`the disk that holds ${directory} is full: free some space and start again.`);
    default:
      return error;
  }
}

/** A database that is there already isn't left behind for an empty one elsewhere. */
function requireNoCluster(home: PostgresHome, account: Account): void {
  if (!existsSync(home.cluster)) return;
  throw new PlatformFailure(
    `Postgres runs as ${account.name}, who can't enter ${home.directory}, where the database is: allow that (chmod o+x on the folders above it), or start Warren as an ordinary user who owns it.`,
  );
}

/** An ordinary user can't run a Postgres on files that belong to somebody else. */
function requireOwnCluster(home: PostgresHome): void {
  const owner = statSync(home.cluster, { throwIfNoEntry: false });
  const self = process.getuid?.();
  if (owner === undefined || self === undefined || self === 0 || owner.uid === self) return;
  throw new PlatformFailure(
    `the database in ${home.cluster} belongs to another user (uid ${owner.uid}): start Warren as that user or as root, or choose another data directory with WARREN_DATA_DIR.`,
  );
}

function requireSpace(directory: string): void {
  const { bavail, bsize } = statfsSync(directory);
  const free = bavail * bsize;
  if (free >= LEAST_FREE_SPACE) return;
  throw new PlatformFailure(
    `the disk that holds ${directory} is full (${Math.floor(free / 1_048_576)} MB left): free at least ${LEAST_FREE_SPACE / 1_048_576} MB, or choose a data directory on another disk with WARREN_DATA_DIR.`,
  );
}

/** Gives a file or directory to the account that Postgres runs as. */
export function giveTo(account: Account | null, file: string): void {
  if (account !== null) chownSync(file, account.uid, account.gid);
}

/** The random password of the embedded Postgres, made at the first call and kept in a file only its owner can read. */
export function clusterPassword(home: PostgresHome): string {
  const file = path.join(home.directory, "postgres-password");
  if (!existsSync(file)) writeFileSync(file, `${randomBytes(24).toString("base64url")}\n`, { mode: 0o600, flag: "wx" });
  return readFileSync(file, "utf8").trim();
}
