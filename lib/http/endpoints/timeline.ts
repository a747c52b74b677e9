import { z } from "zod";
import { BrokerError } from "@/lib/broker/errors";
import { endpoint } from "@/lib/http/endpoint";
import { timelineJson } from "@/lib/http/json/timeline-json";
import { ok } from "@/lib/http/reply";
import { messageId, shortText } from "@/lib/http/schemas";

export const timelineEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/timeline",
    summary:
      "The life of a message: by Warren's number (`id`), or of the newest with a property `message_id` or `correlation_id`",
    access: "look",
    manner: "warren",
    query: z.strictObject({
      vhost: shortText,
      id: messageId.optional(),
      message_id: shortText.min(1).optional(),
      correlation_id: shortText.min(1).optional(),
    }),
    async handle({ query }, { broker, actor }) {
      const { vhost, id, message_id: ownId, correlation_id: correlationId } = query;
      if ([id, ownId, correlationId].filter((one) => one !== undefined).length !== 1) {
        throw new BrokerError("bad-request", "Give one of id, message_id and correlation_id.");
      }
      if (id !== undefined) return ok(timelineJson(await broker.failures.timeline(actor, { vhost, messageId: id })));
      const asked =
        ownId === undefined
          ? { property: "correlation_id" as const, value: correlationId ?? "" }
          : { property: "message_id" as const, value: ownId };
      return ok(timelineJson(await broker.failures.timeline(actor, { vhost, ...asked })));
    },
  }),
];
