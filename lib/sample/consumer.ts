import { setTimeout as sleep } from "node:timers/promises";
import type { Channel, ConsumeMessage } from "amqplib";
import { type Door, type Line, whileConnected } from "@/lib/sample/client";
import { type Handler, NotYetError, type Payload, WorkerKilledError } from "@/lib/sample/handlers";

/** A worker that is an AMQP client, on a connection of its own. */
export interface ConsumerOptions {
  /** What its connection calls itself. */
  readonly name: string;
  readonly tag: string;
  readonly queue: string;
  readonly handler: Handler;
  readonly prefetch: number;
  /** Mean time that it works on one message, in ms. */
  readonly workMs: number;
}

/** How long a killed worker takes to come back, in ms. */
const comesBackAfterMs = 3_000;

/**
 * Consumes one queue until the signal, one message after the other, and then gives back what it holds. A worker that is
 * killed loses its connection in the middle of a message, and resolves after a pause. Rejects with what else ended it.
 */
export async function consume(door: Door, options: ConsumerOptions, signal: AbortSignal): Promise<void> {
  let isKilled = false;
  try {
    await whileConnected(door, options.name, signal, async (line) => {
      const channel = await line.connection.createChannel();
      channel.on("error", line.fail);
      await channel.prefetch(options.prefetch);
      const held = new Set<ConsumeMessage>();
      let turn = Promise.resolve();
      const take = (message: ConsumeMessage | null) => {
        if (message === null) return line.fail(new Error(`The queue '${options.queue}' is gone.`));
        held.add(message);
        turn = turn
          .then(() => workOn(channel, message, options, signal))
          .then(() => void held.delete(message))
          .catch((error: unknown) => {
            if (signal.aborted) return;
            if (!(error instanceof WorkerKilledError)) return line.fail(error);
            isKilled = true;
            line.cut();
          });
      };
      await channel.consume(options.queue, take, { consumerTag: options.tag });
      await untilAborted(signal, line);
      await channel.cancel(options.tag);
      await turn;
      // Closing would give them back as well, but as those of a consumer that was lost: that counts as a delivery.
      for (const message of held) channel.nack(message, false, true);
    });
  } catch (error) {
    if (!isKilled) throw error;
    await sleep(comesBackAfterMs, undefined, { signal });
  }
}

async function workOn(channel: Channel, message: ConsumeMessage, options: ConsumerOptions, signal: AbortSignal) {
  await sleep(options.workMs * (0.5 + Math.random()), undefined, { signal });
  try {
    const payload = JSON.parse(message.content.toString("utf8")) as Payload;
    await options.handler(payload, { now: new Date(), signal });
  } catch (error) {
    if (error instanceof WorkerKilledError || signal.aborted) throw error;
    // Unlike basic.nack, basic.reject counts against the delivery limit.
    return channel.reject(message, error instanceof NotYetError);
  }
  channel.ack(message);
}

/** Resolves when the signal fires. What it listened with is gone when the connection is. */
async function untilAborted(signal: AbortSignal, { over }: Line): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true, signal: over });
  });
}
