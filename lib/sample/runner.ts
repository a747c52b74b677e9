import { setTimeout as sleep } from "node:timers/promises";
import type { Actor } from "@/lib/broker/actor";
import type { Broker } from "@/lib/broker/broker";
import { isBrokerError } from "@/lib/broker/errors";
import type { SampleControl } from "@/lib/sample/control";
import { type Handler, handlers } from "@/lib/sample/handlers";
import { produceWebhooks } from "@/lib/sample/producer";
import { declareSample, sampleVhost } from "@/lib/sample/topology";
import { work } from "@/lib/sample/worker";

const actor: Actor = { user: "sample", tags: ["administrator"], address: null, door: "sample" };
const checkEveryMs = 500;
const eventsPerSecond = 6;
/** Mean working time per queue in ms; the reviewer is slow on purpose, so that its queue is seen to grow. */
const workMs: Readonly<Record<string, number>> = { "ci.builds": 120, "pull-requests.review": 1_200 };
const usualWorkMs = 300;
/** How long a worker may hold a message, in ms; the indexer's queue is strict. */
const leaseMs: Readonly<Record<string, number>> = { "search.index": 4_000 };
const usualLeaseMs = 30_000;

/** A sample that somebody forgot doesn't fill the disk. */
const runsForMs = 30 * 60_000;

/**
 * Does what the switches say, until the signal: runs producer and workers, stops them (by itself after half an hour),
 * removes the vhost. To be run by one node at a time.
 * @param onError told of what went wrong in producer or workers; they are started again after a pause
 */
export async function runSample(
  broker: Broker,
  control: SampleControl,
  signal: AbortSignal,
  onError: (error: unknown) => void,
): Promise<void> {
  let running: { stop: () => Promise<void> } | null = null;
  while (!signal.aborted) {
    try {
      const { state, since } = await control.status();
      if (state === "running" && since !== null && Date.now() - since.getTime() > runsForMs) {
        await control.stop(actor);
        continue;
      }
      if (state === "running" && running === null) {
        await declareSample(broker, actor);
        running = startAll(broker, onError);
      } else if (state !== "running" && running !== null) {
        await running.stop();
        running = null;
      }
      if (state === "removing") {
        await removeSample(broker);
        await control.removed(actor);
      }
    } catch (error) {
      onError(error);
    }
    await sleep(checkEveryMs, undefined, { signal }).catch(() => undefined);
  }
  await running?.stop();
}

function startAll(broker: Broker, onError: (error: unknown) => void) {
  const stopping = new AbortController();
  const { signal } = stopping;
  const tasks = [
    keepGoing(() => produceWebhooks(broker, actor, eventsPerSecond, signal), signal, onError),
    ...Object.entries(handlers).map(([queue, handler]) =>
      keepGoing(() => work(broker, actor, optionsOf(queue, handler), signal), signal, onError),
    ),
  ];
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all(tasks);
    },
  };
}

/** How one queue's worker works. */
function optionsOf(queue: string, handler: Handler) {
  return { queue, handler, workMs: workMs[queue] ?? usualWorkMs, leaseMs: leaseMs[queue] ?? usualLeaseMs };
}

/** The database may go away and come back, and somebody may delete a queue under it: a task then starts again. */
async function keepGoing(task: () => Promise<void>, signal: AbortSignal, onError: (error: unknown) => void) {
  while (!signal.aborted) {
    try {
      await task();
    } catch (error) {
      if (signal.aborted) return;
      onError(error);
      await sleep(2_000, undefined, { signal }).catch(() => undefined);
    }
  }
}

async function removeSample(broker: Broker) {
  try {
    await broker.deleteVhost(actor, sampleVhost);
  } catch (error) {
    if (!isBrokerError(error) || error.code !== "not-found") throw error;
  }
}
