import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { PlatformFailure } from "@/lib/platform/failure";
import { isAlive, pause, startMark } from "@/lib/platform/processes";

interface Holder {
  readonly pid: number;
  /** Tells the process from a later one with the same id; see startMark. */
  readonly mark: string;
}

/**
 * Takes the lock of a data directory for this process, so that two Warrens never run one database. A lock whose
 * process has ended (kill -9 included) is taken over.
 * @returns a function that gives it back
 * @throws PlatformFailure when another living process holds it
 */
export async function lockDirectory(directory: string): Promise<() => void> {
  const file = path.join(directory, "warren.pid");
  refuseOther(file, directory);
  const self: Holder = { pid: process.pid, mark: startMark(process.pid) };
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(self), { mode: 0o644 });
  renameSync(draft, file);
  // Two that start in the same moment both come this far; the one that wrote last goes on.
  await pause(20);
  refuseOther(file, directory);
  return () => {
    if (readHolder(file)?.pid === process.pid) rmSync(file, { force: true });
  };
}

function refuseOther(file: string, directory: string): void {
  const holder = readHolder(file);
  if (holder === null || holder.pid === process.pid || !isAlive(holder.pid)) return;
  if (holder.mark !== startMark(holder.pid)) return;
  throw new PlatformFailure(
    `another Warren (process ${holder.pid}) runs on the data directory ${directory}: stop that one, or choose another directory with WARREN_DATA_DIR.`,
  );
}

function readHolder(file: string): Holder | null {
  try {
    const holder: Holder = JSON.parse(readFileSync(file, "utf8"));
    return Number.isInteger(holder.pid) ? holder : null;
  } catch {
    return null;
  }
}
