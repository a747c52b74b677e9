import { readdirSync, readFileSync } from "node:fs";

/** Linux counts CPU time in hundredths of a second for programs. */
const secondsPerTick = 0.01;

interface ProcessTimes {
  readonly parent: number;
  /** Of the process, and of those of its children whose end it has seen, in ticks. */
  readonly ticks: number;
}

/**
 * CPU seconds that processes and all their descendants have used, those that have ended included.
 * @param roots process ids
 */
export function cpuSeconds(roots: readonly number[]): number {
  const all = processes();
  const children = new Map<number, number[]>();
  for (const [pid, { parent }] of all) children.set(parent, [...(children.get(parent) ?? []), pid]);
  let ticks = 0;
  const open = [...roots];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    ticks += all.get(pid)?.ticks ?? 0;
    open.push(...(children.get(pid) ?? []));
  }
  return ticks * secondsPerTick;
}

/** The children of this process. */
export function ownChildren(): number[] {
  return [...processes()].flatMap(([pid, { parent }]) => (parent === process.pid ? [pid] : []));
}

/** man 5 proc_pid_stat: after the name come state, ppid, ...; utime, stime, cutime, cstime are fields 14 to 17. */
function processes(): Map<number, ProcessTimes> {
  const found = new Map<number, ProcessTimes>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      const ticks = [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0);
      found.set(Number(name), { parent: Number(fields[1]), ticks });
    } catch {
      // It ended just now; its parent has its times.
    }
  }
  return found;
}
