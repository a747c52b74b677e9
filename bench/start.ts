import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { nodeOptions } from "@/lib/platform/child-process";

/**
 * Runs the bench in a process with the same options of Node as a broker has, which count for its peers as well.
 * @param args of the command line, see `usage` in options.ts
 */
export async function start(args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [...nodeOptions, "--import", "tsx", "bench/run.ts", ...args], {
    stdio: "inherit",
  });
  // What is typed at a terminal reaches the child by itself; it then ends, and this process with it.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  const [code] = await once(child, "exit");
  process.exit(typeof code === "number" ? code : 1);
}
