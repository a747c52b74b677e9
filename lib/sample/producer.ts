import { setTimeout as sleep } from "node:timers/promises";
import type { Actor } from "@/lib/broker/actor";
import type { Broker } from "@/lib/broker/broker";
import { longString } from "@/lib/broker/properties/field-value";
import { routingKeyOf, type WebhookEvent, webhookEvents } from "@/lib/sample/events";
import { eventsExchange, sampleVhost } from "@/lib/sample/topology";

/**
 * Publishes the webhooks one after the other, over and over, until the signal.
 * @param perSecond events a second, on average
 */
export async function produceWebhooks(broker: Broker, actor: Actor, perSecond: number, signal: AbortSignal) {
  const webhooks = await webhookEvents();
  for (let delivery = 0; !signal.aborted; delivery++) {
    // A stride that shares no factor with their number visits all of them, without runs of the same kind.
    const event = webhooks[(delivery * 97) % webhooks.length];
    if (event !== undefined) await publishWebhook(broker, actor, event);
    // Uneven, as webhooks are: between a tenth of the mean gap and nearly twice of it.
    await sleep((1000 / perSecond) * (0.1 + 1.8 * Math.random()), undefined, { signal });
  }
}

async function publishWebhook(broker: Broker, actor: Actor, event: WebhookEvent) {
  await broker.publish(actor, {
    vhost: sampleVhost,
    exchange: eventsExchange,
    routingKey: routingKeyOf(event),
    properties: {
      contentType: "application/json",
      deliveryMode: 2,
      messageId: crypto.randomUUID(),
      timestamp: Math.floor(Date.now() / 1000),
      type: event.event,
      appId: "github-sample",
      ...(event.event.endsWith("_alert") && { priority: 3 }),
      headers: new Map([
        ["X-GitHub-Event", longString(event.event)],
        ...(event.action === undefined ? [] : [["action", longString(event.action)] as const]),
      ]),
    },
    body: Buffer.from(JSON.stringify(event.payload)),
  });
}
