import { z } from "zod";
import { endpoint } from "@/lib/http/endpoint";
import { editedJson, lineageJson } from "@/lib/http/json/edit-json";
import { payloadBytes, payloadEncodings } from "@/lib/http/json/payload";
import { ok } from "@/lib/http/reply";
import { exchangeName, messageProperties, shortText } from "@/lib/http/schemas";

export const editEndpoints = [
  endpoint({
    method: "POST",
    path: "/api/queues/{vhost}/{queue}/messages/{id}/edit",
    summary:
      "Send a message that waits edited: the new one is stored exactly when the original is gone (into the trash)",
    access: "change",
    manner: "warren",
    body: z.strictObject({
      exchange: exchangeName.default(""),
      routing_key: shortText,
      properties: messageProperties,
      payload: z.string(),
      payload_encoding: z.enum(payloadEncodings).default("string"),
    }),
    audit: "message.edit",
    async handle({ path, body }, { broker, actor, limits, note }) {
      const outcome = await broker.edits.edit(actor, path, {
        exchange: body.exchange,
        routingKey: body.routing_key,
        properties: body.properties,
        body: payloadBytes(body.payload, body.payload_encoding, limits.messageBytes),
      });
      note({ edited_from: outcome.editedFrom, message_id: outcome.messageId, queues: outcome.queues.length });
      return ok(editedJson(outcome));
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/messages/{vhost}/{id}/lineage",
    summary:
      "Which message a message (by its message_id) was edited from, and what it was edited to, with the originals",
    access: "look",
    manner: "warren",
    async handle({ path }, { broker, actor }) {
      return ok(lineageJson(await broker.edits.lineage(actor, path.vhost, path.id)));
    },
  }),
];
