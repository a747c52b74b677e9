import type { ChildReport } from "@/lib/platform/child-process";
import { errorMessage, exitWith, PlatformFailure } from "@/lib/platform/failure";

export interface RunningProcess {
  /** What is printed when the process was started alone. */
  readonly ready: string;
  /** Finishes what is under way and closes everything. */
  stop(): Promise<void>;
}

/** How long (milliseconds) a process may take to stop when it was asked to, and when its supervisor is gone. */
const STOP_LIMIT = 15_000;
const ORPHAN_LIMIT = 2_000;

/** Ctrl-C comes twice in a moment, from the terminal and from npm; a second one later than this means "at once". */
const SAME_SIGNAL = 1_000;

/**
 * Runs one of Warren's processes from start to end: reports to the supervisor if there is one, stops in order at
 * SIGTERM and Ctrl-C, and at once when the supervisor is gone, so that a killed supervisor leaves nothing behind.
 * @param start does the work until it is stopped; a PlatformFailure ends the process with its sentence
 * @param stopLimit how long stopping may take, in milliseconds
 */
export async function runProcess(start: () => Promise<RunningProcess>, stopLimit = STOP_LIMIT): Promise<void> {
  const supervised = process.send !== undefined;
  let stoppingSince = 0;

  async function stop(limit: number, code: number): Promise<void> {
    if (stoppingSince > 0) {
      if (Date.now() - stoppingSince > SAME_SIGNAL) process.exit(1);
      return;
    }
    stoppingSince = Date.now();
    setTimeout(() => process.exit(1), limit).unref();
    try {
      // What is only just starting must have started before it can be stopped in order.
      await (await starting).stop();
    } catch (error) {
      if (!(error instanceof PlatformFailure)) console.error(error);
    }
    process.exit(code);
  }

  // The supervisor passes Ctrl-C on in its own order; the terminal sends it to everybody at once.
  process.on("SIGINT", () => {
    if (!supervised) void stop(stopLimit, 0);
  });
  process.on("SIGTERM", () => void stop(stopLimit, 0));
  process.on("disconnect", () => void stop(ORPHAN_LIMIT, 1));
  // Nobody reads what an orphan prints.
  process.stdout.on("error", () => {});
  process.stderr.on("error", () => {});

  const starting = start();
  try {
    const running = await starting;
    if (stoppingSince > 0) return;
    if (supervised) await report({ kind: "ready", message: running.ready });
    else console.log(running.ready);
  } catch (error) {
    if (stoppingSince > 0) return;
    if (!supervised) exitWith(error);
    if (!(error instanceof PlatformFailure)) console.error(error);
    await report({ kind: "failure", message: errorMessage(error) });
    process.exit(1);
  }
}

function report(message: ChildReport): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined) resolve();
    else process.send(message, undefined, undefined, () => resolve());
  });
}
