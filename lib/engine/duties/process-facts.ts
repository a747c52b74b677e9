import { readdirSync, readFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import type { LoginCounts, NodeFacts } from "@/lib/broker/node-facts";

/** What this process is to tell of itself. */
export function processFacts(logins: LoginCounts): NodeFacts {
  const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
  // In a container without a limit it says 0, or more than there is.
  const constrained = process.constrainedMemory() || Number.POSITIVE_INFINITY;
  return {
    pid: process.pid,
    processors: cpus().length,
    memory: { resident: rss, heapUsed, heapTotal, external, limit: Math.min(constrained, totalmem()) },
    files: openFiles(),
    logins,
  };
}

/** As Linux tells it. */
function openFiles(): NodeFacts["files"] {
  try {
    const limits = readFileSync("/proc/self/limits", "utf8");
    const limit = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
    return limit === undefined ? null : { open: readdirSync("/proc/self/fd").length, limit: Number(limit) };
  } catch {
    return null;
  }
}
