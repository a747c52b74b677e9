import { isBrokerError } from "@/lib/broker/errors";

/** The first pauses are short: most often a single connection has broken, and others wait for what isn't done. */
const firstPauseMs = 10;
const longestPauseMs = 500;

/** How long to wait, in ms, before something that failed so many times is tried again. */
export function retryPauseMs(failures: number): number {
  return Math.min(longestPauseMs, firstPauseMs * 2 ** (failures - 1));
}

/** Does what must not be left undone: again and again for as long as the database is away. Throws what else goes wrong. */
export async function untilDone<T>(work: () => Promise<T>): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await work();
    } catch (error) {
      if (!isBrokerError(error) || error.code !== "unavailable") throw error;
      await new Promise((resolve) => setTimeout(resolve, retryPauseMs(failures)));
    }
  }
}
