import { errorMessage, PlatformFailure } from "@/lib/platform/failure";

/** Something that runs until it is stopped or breaks: a child process, or a server. */
export interface Running {
  /** Resolves when it has ended, with how: "code 1", "signal SIGKILL". */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

export interface Kept {
  /** Ends what runs now, so that it is started again at once, e.g. with a new address. */
  restart(): Promise<void>;
  /** Stops it for good. */
  stop(): Promise<void>;
}

export interface KeepRunningOptions<R extends Running> {
  readonly name: string;
  readonly start: () => Promise<R>;
  /** Called after each start, e.g. to tell others about a new address. */
  readonly started?: (running: R) => void;
  readonly say: (line: string) => void;
  /** Milliseconds before the first start again; doubled with each that fails soon. */
  readonly firstPause?: number;
}

const LONGEST_PAUSE = 30_000;

/** What ran for so long (milliseconds) is taken to be healthy: the pauses begin anew. */
const HEALTHY_AFTER = 60_000;

/**
 * Starts something and starts it again, with growing pauses, whenever it ends without being told to.
 * @returns when the first start has succeeded
 * @throws what the first start throws; later failures are printed and tried again
 */
export async function keepRunning<R extends Running>(options: KeepRunningOptions<R>): Promise<Kept> {
  const { name, start, started, say, firstPause = 250 } = options;
  const first = await start();
  started?.(first);
  let running: R | null = first;
  let stopping = false;
  let planned = false;
  let wake: () => void = () => {};

  function sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async function watch(): Promise<void> {
    let pause = firstPause;
    while (!stopping) {
      const began = Date.now();
      const how = running === null ? "" : await running.ended;
      running = null;
      if (stopping) return;
      if (planned) planned = false;
      else {
        if (Date.now() - began > HEALTHY_AFTER) pause = firstPause;
        if (how !== "") say(`${name} ended unexpectedly (${how}); starting it again in ${pause / 1000} s.`);
        await sleep(pause);
        pause = Math.min(pause * 2, LONGEST_PAUSE);
      }
      if (stopping) return;
      try {
        running = await start();
      } catch (error) {
        const reason = error instanceof PlatformFailure ? error.message : errorMessage(error);
        say(`${name} doesn't start (${reason}); trying again in ${pause / 1000} s.`);
        continue;
      }
      if (stopping) await running.stop();
      else started?.(running);
    }
  }

  const watching = watch();
  return {
    restart: async () => {
      if (running === null) return;
      planned = true;
      await running.stop();
    },
    stop: async () => {
      stopping = true;
      wake();
      await running?.stop();
      await watching;
    },
  };
}
