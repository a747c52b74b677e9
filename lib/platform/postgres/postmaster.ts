import { existsSync, readFileSync, realpathSync, rmSync } from "node:fs";
import path from "node:path";
import { PlatformFailure } from "@/lib/platform/failure";
import { isAlive, processesIn, signal, waitForEnd, workingDirectory } from "@/lib/platform/processes";

/** What a running server writes into postmaster.pid (see src/include/utils/pidfile.h of PostgreSQL). */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** The directory of its Unix socket; null without one. */
  readonly socketDirectory: string | null;
  /** "ready", "starting", "stopping", "standby" */
  readonly status: string;
}

/** How long a server gets to finish its checkpoint and stop, in milliseconds. */
const FAST_STOP_LIMIT = 60_000;

/** Reads postmaster.pid of a cluster; null when there is none or it isn't whole. */
export function readPostmaster(cluster: string): Postmaster | null {
  const file = path.join(cluster, "postmaster.pid");
  if (!existsSync(file)) return null;
  const lines = readFileSync(file, "utf8").split("\n");
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 1) return null;
  return { pid, port: Number(lines[3]), socketDirectory: lines[4] || null, status: (lines[7] ?? "").trim() };
}

/**
 * Whether the process is a server that runs on this cluster: every process of Postgres has its cluster as its working
 * directory. Where that can't be read, a living process that postmaster.pid names is taken for one.
 */
export function runsOn(pid: number, cluster: string): boolean {
  if (!isAlive(pid)) return false;
  const directory = workingDirectory(pid);
  return directory === null || directory === realpathSync(cluster);
}

/**
 * Clears away what a killed start left: stops a server that still runs on the cluster, waits for its last processes,
 * and removes a postmaster.pid that names a process which isn't Postgres.
 * @param say prints one line when a server has to be stopped
 * @throws PlatformFailure when it can't be stopped
 */
export async function clearLeftovers(cluster: string, say: (line: string) => void): Promise<void> {
  const left = readPostmaster(cluster);
  if (left !== null && runsOn(left.pid, cluster)) {
    say(`Stopping the Postgres that an earlier start left behind (process ${left.pid}).`);
    if (!(await stopPostmaster(left.pid))) {
      throw new PlatformFailure(
        `a Postgres that an earlier start left behind still runs on ${cluster} and doesn't stop: end process ${left.pid} and start again.`,
      );
    }
  }
  // Without their postmaster, the others end by themselves within moments; Postgres refuses to start before that.
  for (const pid of processesIn(realpathSync(cluster))) {
    if (await waitForEnd(pid, 3_000)) continue;
    signal(pid, "SIGQUIT");
    if (!(await waitForEnd(pid, 3_000))) signal(pid, "SIGKILL");
  }
  if (left !== null && !runsOn(left.pid, cluster)) rmSync(path.join(cluster, "postmaster.pid"), { force: true });
}

/**
 * Stops a server: fast (open transactions are rolled back, a checkpoint is written), and when that takes too long,
 * at once (the next start then replays the log). Nothing that was committed is lost either way.
 * @returns false when it still runs
 */
export async function stopPostmaster(pid: number): Promise<boolean> {
  signal(pid, "SIGINT");
  if (await waitForEnd(pid, FAST_STOP_LIMIT)) return true;
  signal(pid, "SIGQUIT");
  if (await waitForEnd(pid, 5_000)) return true;
  signal(pid, "SIGKILL");
  return waitForEnd(pid, 2_000);
}
