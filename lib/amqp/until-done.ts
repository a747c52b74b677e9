import { isBrokerError } from "@/lib/broker/errors";

const pauseMs = 500;

/** Does what must not be left undone: again and again for as long as the database is away. Throws what else goes wrong. */
export async function untilDone<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isBrokerError(error) || error.code !== "unavailable") throw error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}
