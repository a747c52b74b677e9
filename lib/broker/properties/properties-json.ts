import { InvalidPropertyError } from "@/lib/broker/properties/errors";
import { fromPlain, type PlainOptions, type PlainValue, toPlain } from "@/lib/broker/properties/plain";
import type { MessageProperties } from "@/lib/broker/properties/properties";
import { bytesFromText } from "@/lib/broker/properties/text";

/** RabbitMQ's management API's names of the properties, with ours. */
const textProperties = {
  content_type: "contentType",
  content_encoding: "contentEncoding",
  correlation_id: "correlationId",
  reply_to: "replyTo",
  expiration: "expiration",
  message_id: "messageId",
  type: "type",
  user_id: "userId",
  app_id: "appId",
  cluster_id: "clusterId",
} as const;

/** Message properties as RabbitMQ's management API writes them; absent ones are left out. */
export interface PropertiesJson {
  readonly [name: string]: PlainValue;
}

/** The JSON view of properties. `exact` keeps the exact types of headers: see `toPlain`. */
export function propertiesToJson(properties: MessageProperties, options: PlainOptions = {}): PropertiesJson {
  const json: Record<string, PlainValue> = {};
  for (const [name, ours] of Object.entries(textProperties)) {
    const text = properties[ours];
    if (text !== undefined) json[name] = text;
  }
  const { headers, deliveryMode, priority, timestamp } = properties;
  if (headers !== undefined) json.headers = toPlain(headers, options);
  if (deliveryMode !== undefined) json.delivery_mode = deliveryMode;
  if (priority !== undefined) json.priority = priority;
  if (timestamp !== undefined) json.timestamp = typeof timestamp === "bigint" ? timestamp.toString() : timestamp;
  return json;
}

/**
 * The properties that a JSON object in RabbitMQ's management API's style describes. A member that is null counts as
 * absent. Throws InvalidPropertyError naming the first member that is unknown or has a value out of its limits.
 */
export function propertiesFromJson(json: unknown): MessageProperties {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new InvalidPropertyError("properties", "must be an object");
  }
  const properties: { -readonly [K in keyof MessageProperties]: MessageProperties[K] } = {};
  for (const [name, value] of Object.entries(json)) {
    if (value === null) continue;
    if (Object.hasOwn(textProperties, name)) {
      properties[textProperties[name as keyof typeof textProperties]] = shortText(value, name);
      continue;
    }
    switch (name) {
      case "headers":
        properties.headers = fromPlain(value, name);
        break;
      case "delivery_mode":
        properties.deliveryMode = integer(value, 1, 2, name);
        break;
      case "priority":
        properties.priority = integer(value, 0, 255, name);
        break;
      case "timestamp":
        properties.timestamp = timestampValue(value);
        break;
      default:
        throw new InvalidPropertyError(name, "is not a message property");
    }
  }
  if (properties.expiration !== undefined) mustBeMilliseconds(properties.expiration);
  return properties;
}

function shortText(value: unknown, field: string): string {
  if (typeof value !== "string") throw new InvalidPropertyError(field, "must be text");
  const bytes = bytesFromText(value);
  if (bytes === undefined) throw new InvalidPropertyError(field, "holds half of a surrogate pair, which is not text");
  if (bytes.length > 255) throw new InvalidPropertyError(field, `is ${bytes.length} bytes long; 255 are allowed`);
  return value;
}

function integer(value: unknown, least: number, most: number, field: string): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < least || value > most) {
    throw new InvalidPropertyError(field, `must be an integer from ${least} to ${most}`);
  }
  return value;
}

function timestampValue(value: unknown): number | bigint {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  if (typeof value === "string" && /^\d{1,20}$/.test(value) && BigInt(value) < 2n ** 64n) {
    const exact = BigInt(value);
    return exact <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(exact) : exact;
  }
  throw new InvalidPropertyError("timestamp", "must be seconds since 1970, an integer of at least 0");
}

/** RabbitMQ takes expirations up to 2^32 - 1 milliseconds, as digits only (rabbitmq.com/ttl). */
function mustBeMilliseconds(expiration: string): void {
  if (!/^\d{1,10}$/.test(expiration) || Number(expiration) > 0xffffffff) {
    throw new InvalidPropertyError("expiration", "must be milliseconds, as digits in a string, up to 4294967295");
  }
}
