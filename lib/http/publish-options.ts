import { z } from "zod";
import { BrokerError } from "@/lib/broker/errors";
import { type FieldValue, longString } from "@/lib/broker/properties/field-value";
import type { MessageProperties } from "@/lib/broker/properties/properties";
import { delayHeader, maxDelayMs } from "@/lib/broker/rules/delay";
import { deduplicationHeader, groupHeader } from "@/lib/broker/rules/header-id";
import { integer, shortText } from "@/lib/http/schemas";

/** Members of a publish that stand for headers which mean something to the broker. */
export const publishOptions = {
  deliver_after: integer(0, maxDelayMs)
    .optional()
    .meta({ description: "Not before so many ms; as the header x-delay." }),
  deliver_at: z.iso.datetime({ offset: true }).optional().meta({ description: "Not before this time, in ISO 8601." }),
  group_id: shortText.min(1).optional().meta({
    description: "In queues with x-ordered-groups one of a group is handed out at a time; as the header x-group-id.",
  }),
  deduplication_id: shortText.min(1).optional().meta({
    description:
      "Stored once within the window of queues with x-deduplication-window; as the header x-deduplication-id.",
  }),
};

type Options = z.output<z.ZodObject<typeof publishOptions>>;

/** The properties with the headers that the options stand for. Throws `bad-request` for two that exclude each other. */
export function withOptions(properties: MessageProperties, options: Options, now = Date.now()): MessageProperties {
  const added = new Map<string, FieldValue>();
  const delay = delayIn(options, now);
  if (delay !== null) added.set(delayHeader, { t: "l", v: delay });
  if (options.group_id !== undefined) added.set(groupHeader, longString(options.group_id));
  if (options.deduplication_id !== undefined) added.set(deduplicationHeader, longString(options.deduplication_id));
  if (added.size === 0) return properties;
  for (const name of added.keys()) {
    if (!properties.headers?.has(name)) continue;
    throw new BrokerError("bad-request", `The header '${name}' says already what is asked for beside the properties.`);
  }
  return { ...properties, headers: new Map([...(properties.headers ?? []), ...added]) };
}

function delayIn({ deliver_after: after, deliver_at: at }: Options, now: number): number | null {
  if (after !== undefined && at !== undefined) {
    throw new BrokerError("bad-request", "Give either deliver_after or deliver_at, not both.");
  }
  if (at !== undefined) return Math.max(0, Date.parse(at) - now);
  return after ?? null;
}
