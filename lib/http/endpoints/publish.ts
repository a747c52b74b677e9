import { z } from "zod";
import { BrokerError, isBrokerError } from "@/lib/broker/errors";
import { endpoint } from "@/lib/http/endpoint";
import { publishedJson, routePreviewJson } from "@/lib/http/json/message-json";
import { payloadBytes, payloadEncodings } from "@/lib/http/json/payload";
import { publishOptions, withOptions } from "@/lib/http/publish-options";
import { ok } from "@/lib/http/reply";
import { messageProperties, shortText } from "@/lib/http/schemas";

/** RabbitMQ publishes through a channel of AMQP: a missing exchange is no missing page but a mistake, in AMQP's words. */
function asRefused(error: unknown, vhost: string): unknown {
  if (!isBrokerError(error) || error.code !== "not-found" || error.detail?.kind !== "exchange") return error;
  const text = `404 NOT_FOUND - no exchange '${error.detail.name}' in vhost '${vhost}'`;
  return new BrokerError("bad-request", text, error.detail);
}

const route = { routing_key: shortText, properties: messageProperties };

export const publishEndpoints = [
  endpoint({
    method: "POST",
    path: "/api/exchanges/{vhost}/{exchange}/publish",
    summary: "Publish a message; answers after it is stored, with the queues that have it",
    access: "change",
    manner: "rabbitmq",
    body: z.object({
      ...route,
      ...publishOptions,
      payload: z.string(),
      payload_encoding: z.enum(payloadEncodings).default("string"),
    }),
    audit: "message.publish",
    auditDoor: "console",
    async handle({ path: { vhost, exchange }, body }, { broker, actor, limits, note }) {
      const bytes = payloadBytes(body.payload, body.payload_encoding, limits.messageBytes);
      const { routing_key: routingKey } = body;
      const properties = withOptions(body.properties, body);
      const message = { vhost, exchange, routingKey, properties, body: bytes };
      const outcome = await broker.publish(actor, message).catch((error: unknown) => {
        throw actor.door === "console" ? error : asRefused(error, vhost);
      });
      note({
        routing_key: routingKey,
        bytes: bytes.length,
        message_id: outcome.messageId,
        queues: outcome.queues.length,
      });
      return ok(publishedJson(outcome));
    },
  }),
  endpoint({
    method: "POST",
    path: "/api/exchanges/{vhost}/{exchange}/route",
    summary: "Which queues a message would reach, by which bindings, and why the others don't match; publishes nothing",
    access: "look",
    manner: "warren",
    body: z.strictObject(route),
    async handle({ path: { vhost, exchange }, body }, { broker, actor }) {
      const { routing_key: routingKey, properties } = body;
      return ok(routePreviewJson(await broker.previewRoute(actor, { vhost, exchange, routingKey, properties })));
    },
  }),
];
