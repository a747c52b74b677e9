import { setTimeout as sleep } from "node:timers/promises";
import type { Actor } from "@/lib/broker/actor";
import type { Broker, Leased } from "@/lib/broker/broker";
import type { Settlement } from "@/lib/broker/requests";
import type { Handler, Payload } from "@/lib/sample/handlers";
import { sampleVhost } from "@/lib/sample/topology";

export interface WorkerOptions {
  readonly queue: string;
  readonly handler: Handler;
  /** Mean time that it works on one message, in ms. */
  readonly workMs: number;
  /** How long it may hold a message, in ms. */
  readonly leaseMs: number;
}

/**
 * Leases one message at a time from its queue, as programs do over HTTP, works on it, and acknowledges it or rejects it
 * with the error, until the signal.
 */
export async function work(broker: Broker, actor: Actor, options: WorkerOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const [message] = await broker.lease(actor, {
      vhost: sampleVhost,
      queue: options.queue,
      max: 1,
      visibilityTimeoutMs: options.leaseMs,
      waitMs: 10_000,
      autoAck: false,
      countAs: "deliver",
      signal,
    });
    if (message === undefined || message.receipt === null) continue;
    await sleep(options.workMs * (0.5 + Math.random()), undefined, { signal });
    await broker.settle(actor, [
      { receipt: message.receipt, outcome: await outcomeOf(message, options.handler, signal) },
    ]);
  }
}

async function outcomeOf(message: Leased, handler: Handler, signal: AbortSignal): Promise<Settlement["outcome"]> {
  try {
    const payload = JSON.parse(Buffer.from(message.body).toString("utf8")) as Payload;
    await handler(payload, { now: new Date(), signal });
    return { kind: "ack" };
  } catch (error) {
    if (!(error instanceof Error) || signal.aborted) throw error;
    return {
      kind: "reject",
      error: { type: error.name, message: error.message, ...(error.stack !== undefined && { stack: error.stack }) },
    };
  }
}
