import { setTimeout as sleep } from "node:timers/promises";
import type { ConfirmChannel } from "amqplib";
import { type Door, whileConnected } from "@/lib/sample/client";
import { routingKeyOf, type WebhookEvent, webhookEvents } from "@/lib/sample/events";
import { eventsExchange } from "@/lib/sample/topology";

/**
 * Publishes the webhooks as an AMQP client, one after the other, over and over, until the signal; each waits for the
 * broker's confirmation of the one before. Rejects with what ended it, also when that is the signal.
 * @param perSecond events a second, on average
 */
export async function produceWebhooks(door: Door, perSecond: number, signal: AbortSignal): Promise<void> {
  const webhooks = await webhookEvents();
  await whileConnected(door, "github webhooks", signal, async ({ connection, fail }) => {
    const channel = await connection.createConfirmChannel();
    channel.on("error", fail);
    for (let delivery = 0; !signal.aborted; delivery++) {
      // A stride that shares no factor with their number visits all of them, without runs of the same kind.
      const event = webhooks[(delivery * 97) % webhooks.length];
      if (event !== undefined) await publishWebhook(channel, event);
      // Uneven, as webhooks are: between a tenth of the mean gap and nearly twice of it.
      await sleep((1000 / perSecond) * (0.1 + 1.8 * Math.random()), undefined, { signal });
    }
  });
}

/** Resolves when the broker has confirmed it. */
function publishWebhook(channel: ConfirmChannel, event: WebhookEvent): Promise<void> {
  const properties = {
    contentType: "application/json",
    persistent: true,
    messageId: crypto.randomUUID(),
    timestamp: Math.floor(Date.now() / 1000),
    type: event.event,
    appId: "github-sample",
    ...(event.event.endsWith("_alert") && { priority: 3 }),
    headers: { "X-GitHub-Event": event.event, ...(event.action !== undefined && { action: event.action }) },
  };
  const body = Buffer.from(JSON.stringify(event.payload));
  return new Promise((resolve, reject) => {
    channel.publish(eventsExchange, routingKeyOf(event), body, properties, (error) =>
      error ? reject(error) : resolve(),
    );
  });
}
