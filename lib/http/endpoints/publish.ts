import { z } from "zod";
import { endpoint } from "@/lib/http/endpoint";
import { publishedJson, routePreviewJson } from "@/lib/http/json/message-json";
import { payloadBytes, payloadEncodings } from "@/lib/http/json/payload";
import { publishOptions, withOptions } from "@/lib/http/publish-options";
import { ok } from "@/lib/http/reply";
import { messageProperties, shortText } from "@/lib/http/schemas";

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
      const outcome = await broker.publish(actor, { vhost, exchange, routingKey, properties, body: bytes });
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
