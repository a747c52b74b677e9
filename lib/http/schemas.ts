import { z } from "zod";
import { BrokerError } from "@/lib/broker/errors";
import { InvalidPropertyError } from "@/lib/broker/properties/errors";
import { emptyTable, type FieldTable } from "@/lib/broker/properties/field-value";
import { fromPlain } from "@/lib/broker/properties/plain";
import type { MessageProperties } from "@/lib/broker/properties/properties";
import { propertiesFromJson } from "@/lib/broker/properties/properties-json";

/** Text that Postgres and AMQP can carry: no half surrogate pairs, and no NUL. */
export const text = z.string().refine((value) => !/[\0\p{Surrogate}]/u.test(value), {
  error: "holds NUL or half of a surrogate pair",
});

/** A name or routing key: at most 255 bytes of UTF-8, as AMQP's short strings. */
export const shortText = text.refine((value) => Buffer.byteLength(value) <= 255, {
  error: (issue) => `is ${Buffer.byteLength(String(issue.input))} bytes long; 255 are allowed`,
});

/** An exchange. The default one has no name; RabbitMQ's API calls it `amq.default`. */
export const exchangeName = shortText.transform((name) => (name === "amq.default" ? "" : name));

/** A boolean; rabbitmqadmin and query strings write it as text. */
export const flag = z
  .union([z.boolean(), z.enum(["true", "false"])])
  .transform((value) => value === true || value === "true")
  .meta({ type: "boolean" });

/** An integer from `least` to `most`; rabbitmqadmin and query strings write it as text. */
export function integer(least: number, most: number) {
  const inRange = (value: number) => Number.isSafeInteger(value) && value >= least && value <= most;
  return z
    .union([z.number(), z.string().regex(/^-?\d{1,16}$/, `must be an integer from ${least} to ${most}`)])
    .transform(Number)
    .refine(inRange, { error: `must be an integer from ${least} to ${most}` })
    .meta({ type: "integer", minimum: least, maximum: most });
}

/** A JSON object; RabbitMQ writes an empty one as `[]`, and takes that back. */
export const jsonObject = z.union([z.record(z.string(), z.unknown()), z.tuple([]).transform(() => ({}))]);

/** Arguments of an exchange, queue or binding. */
export const argumentTable = jsonObject
  .transform((value, context): FieldTable => converted(context, emptyTable, () => fromPlain(value, "arguments")))
  .default(emptyTable)
  .meta({ type: "object", description: "Types that JSON lacks: see docs/http-api.md." });

/** Message properties by their AMQP names. */
export const messageProperties = jsonObject
  .transform((value, context): MessageProperties => converted(context, {}, () => propertiesFromJson(value)))
  .default({})
  .meta({ type: "object", description: "content_type, delivery_mode, headers, message_id, ... by their AMQP names." });

/** Runs a conversion that may find a value out of its limits, and makes that an issue of the schema. */
function converted<T>(context: z.RefinementCtx, fallback: T, convert: () => T): T {
  try {
    return convert();
  } catch (error) {
    if (!(error instanceof InvalidPropertyError)) throw error;
    context.addIssue({ code: "custom", message: error.message });
    return fallback;
  }
}

/** An id of a message in a queue. */
export const messageId = integer(0, Number.MAX_SAFE_INTEGER);

/** A search over messages; `parseSearch` reads it. */
export const searchText = text
  .optional()
  .meta({ description: 'Search, e.g. `headers.tenant:acme body.order.id:42 "no stock"`.' });

/** Several words in one query parameter, with commas between them. */
export function commaSeparated<const T extends readonly string[]>(words: T) {
  return z
    .string()
    .transform((value) => value.split(",").filter((word) => word !== ""))
    .pipe(z.array(z.enum(words)));
}

/**
 * Checks a value against a schema.
 * @param what the part of the request, for the error: "path", "query", "body"
 * Throws `bad-request` that lists what is wrong, field by field.
 */
export function parseWith<S extends z.ZodType>(schema: S, value: unknown, what: string): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.map((issue) => ({ field: issue.path.join("."), problem: problemOf(issue) }));
  const listed = issues.slice(0, 3).map(({ field, problem }) => (field === "" ? problem : `${field}: ${problem}`));
  const more = issues.length > 3 ? `; and ${issues.length - 3} more` : "";
  throw new BrokerError("bad-request", `The ${what} is not as it should be: ${listed.join("; ")}${more}.`, {
    in: what,
    issues,
  });
}

function problemOf(issue: z.core.$ZodIssue): string {
  if (issue.code === "unrecognized_keys") return `unknown: ${issue.keys.join(", ")}`;
  if (issue.code === "invalid_type" && issue.message.endsWith("received undefined")) return "is missing";
  return issue.message;
}
