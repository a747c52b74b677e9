import { readEnvironment } from "@/lib/platform/env";
import { runProcess } from "@/lib/platform/run-process";
import { startWarren } from "@/lib/platform/supervisor";

/** Milliseconds for all parts together; a checkpoint of Postgres can take most of it. */
const STOP_LIMIT = 120_000;

/**
 * Starts everything under one supervisor, and says when it is ready.
 * @param development serve the console from its sources
 */
export async function start(development: boolean): Promise<void> {
  const launcher = process.ppid;
  await runProcess(async () => {
    const warren = await startWarren({ environment: readEnvironment(), development, say: (line) => console.log(line) });
    followNpm(launcher);
    return {
      ready: `Warren is ready: ${warren.url}  ${warren.amqpUrl}`,
      stop: async () => {
        console.log("Stopping Warren.");
        await warren.stop();
        console.log("Warren has stopped.");
      },
    };
  }, STOP_LIMIT);
}

/**
 * npm passes signals on, but can't when it is killed with -9: then this process must end by itself. Its parent is npm,
 * for the script in package.json begins with `exec`, without which a shell would stand between the two.
 */
function followNpm(launcher: number): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  setInterval(() => {
    if (process.ppid !== launcher) process.kill(process.pid, "SIGTERM");
  }, 1_000).unref();
}
