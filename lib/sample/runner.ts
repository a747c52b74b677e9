import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { Actor } from "@/lib/broker/actor";
import type { Administration } from "@/lib/broker/administration";
import type { Broker } from "@/lib/broker/broker";
import { isBrokerError } from "@/lib/broker/errors";
import type { AmqpAddress, Door } from "@/lib/sample/client";
import { type ConsumerOptions, consume } from "@/lib/sample/consumer";
import type { SampleControl } from "@/lib/sample/control";
import { clientHandlers, type Handler, leaseHandlers } from "@/lib/sample/handlers";
import { deleteSampleUser, SampleLogin } from "@/lib/sample/login";
import { produceWebhooks } from "@/lib/sample/producer";
import { declareSample, sampleVhost } from "@/lib/sample/topology";
import { work } from "@/lib/sample/worker";

const actor: Actor = { user: "sample", tags: ["administrator"], address: null, door: "sample" };
const checkEveryMs = 500;
const eventsPerSecond = 6;
/** Mean working time per queue in ms. */
const workMs: Readonly<Record<string, number>> = { "ci.builds": 120 };
const usualWorkMs = 300;
/** The reviewers are slow on purpose, so that they are seen to be busy and their queue to grow. */
const reviewMs = 2_400;
/** How long a worker may hold a message, in ms; the indexer's queue is strict. */
const leaseMs: Readonly<Record<string, number>> = { "search.index": 4_000 };
const usualLeaseMs = 30_000;

const reviewer = { queue: "pull-requests.review", handler: clientHandlers["pull-requests.review"], workMs: reviewMs };
const clients: readonly ConsumerOptions[] = [
  { ...reviewer, name: "reviewer 1", tag: "reviewer-1", prefetch: 2 },
  { ...reviewer, name: "reviewer 2", tag: "reviewer-2", prefetch: 2 },
  {
    name: "team sync",
    tag: "team-sync",
    queue: "teams.sync",
    handler: clientHandlers["teams.sync"],
    // Whoever is killed has only the message in hand that kills.
    prefetch: 1,
    workMs: usualWorkMs,
  },
];

/** A sample that somebody forgot doesn't fill the disk. */
const runsForMs = 30 * 60_000;

/** What the sample works with. */
export interface SampleParts {
  readonly broker: Broker;
  readonly administration: Administration;
  readonly control: SampleControl;
  /** Where this node takes AMQP clients. */
  readonly address: AmqpAddress;
  /** Told of what went wrong in producer or workers; they are started again after a pause. */
  readonly onError: (error: unknown) => void;
}

/**
 * Does what the switches say, until the signal: runs producer and workers, stops them (by itself after half an hour),
 * removes the vhost and the user. To be run by one node at a time.
 */
export async function runSample(parts: SampleParts, signal: AbortSignal): Promise<void> {
  const { broker, administration, control, onError } = parts;
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
        running = startAll(parts, signal);
      } else if (state !== "running" && running !== null) {
        await running.stop();
        running = null;
      }
      if (state === "removing") {
        await removeVhost(broker);
        await deleteSampleUser(administration, actor);
        await control.removed(actor);
      }
    } catch (error) {
      onError(error);
    }
    await sleep(checkEveryMs, undefined, { signal }).catch(() => undefined);
  }
  await running?.stop();
}

/** @param ended ends all at once, even while nobody can be asked whether it is to run, since the database is away */
function startAll({ broker, administration, address, onError }: SampleParts, ended: AbortSignal) {
  const stopping = new AbortController();
  const signal = AbortSignal.any([ended, stopping.signal]);
  // A client listens for its connection, its consumer and the message in hand.
  setMaxListeners(3 * (1 + clients.length + Object.keys(leaseHandlers).length), signal);
  const door: Door = { address, login: new SampleLogin(administration, actor) };
  const tasks = [
    keepGoing(() => produceWebhooks(door, eventsPerSecond, signal), signal, onError),
    ...clients.map((client) => keepGoing(() => consume(door, client, signal), signal, onError)),
    ...Object.entries(leaseHandlers).map(([queue, handler]) =>
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

/** How one queue's worker works that takes leases. */
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

async function removeVhost(broker: Broker) {
  try {
    await broker.deleteVhost(actor, sampleVhost);
  } catch (error) {
    if (!isBrokerError(error) || error.code !== "not-found") throw error;
  }
}
