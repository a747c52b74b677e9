import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { giveTo, type PostgresHome } from "@/lib/platform/postgres/home";

/** Where a server of this machine listens. */
export interface LocalAddress {
  /** On 127.0.0.1, and in the name of the socket's file. */
  readonly port: number;
  /** The directory of its Unix socket; null: TCP only. */
  readonly socketDirectory: string | null;
}

/**
 * The longest path of a socket, in bytes: one less than `sun_path` of sockaddr_un holds, for the zero at its end (108 of
 * Linux, see unix(7); 104 of macOS and the BSDs).
 */
const LONGEST_PATH = { linux: 107, others: 103 };

/**
 * The directory for the socket of the server that lives in a folder, which is below that folder.
 * @param directory an absolute path
 * @returns null where a socket can't be had: on Windows, and where its path would be longer than the system allows
 */
export function socketDirectoryOf(directory: string, platform: NodeJS.Platform = process.platform): string | null {
  if (platform === "win32") return null;
  const socketDirectory = path.join(directory, "socket");
  const length = Buffer.byteLength(path.join(socketDirectory, ".s.PGSQL.65535"));
  return length <= (platform === "linux" ? LONGEST_PATH.linux : LONGEST_PATH.others) ? socketDirectory : null;
}

/**
 * Makes an empty directory for the socket, that only the user who runs Postgres (and root) can enter: what a killed
 * server left in it is gone, and can't be taken for another server's. Nobody may be running on this home.
 * @returns null where a socket can't be had
 */
export function makeSocketDirectory(home: PostgresHome): string | null {
  const directory = socketDirectoryOf(home.directory);
  if (directory === null) return null;
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { mode: 0o700 });
  giveTo(home.account, directory);
  return directory;
}

/** The value of the setting `unix_socket_directories`, which is a list with names in double quotes. */
export function socketSetting(directory: string | null): string {
  return directory === null ? "" : `"${directory.replaceAll('"', '""')}"`;
}

/**
 * The URL for a role. By the socket where there is one, since a small statement takes a fraction of the time there; the
 * host of TCP stays in it for programs that don't know the parameter `host`.
 */
export function localUrl(role: string, password: string, address: LocalAddress, database: string): string {
  const tcp = `postgresql://${role}:${encodeURIComponent(password)}@127.0.0.1:${address.port}/${database}`;
  return address.socketDirectory === null ? tcp : `${tcp}?host=${encodeURIComponent(address.socketDirectory)}`;
}
