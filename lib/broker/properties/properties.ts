import { ByteReader } from "@/lib/broker/properties/byte-reader";
import { ByteWriter } from "@/lib/broker/properties/byte-writer";
import { InvalidPropertyError, MalformedPropertiesError } from "@/lib/broker/properties/errors";
import type { FieldTable } from "@/lib/broker/properties/field-value";

/**
 * The properties of class `basic`, as in AMQP 0-9-1 section 4.2.6 and RabbitMQ's definition of the class. An absent
 * property is absent, not undefined. Texts that are not UTF-8 are written as `textFromBytes` describes.
 */
export interface MessageProperties {
  readonly contentType?: string;
  readonly contentEncoding?: string;
  readonly headers?: FieldTable;
  /** 2 is persistent; 1, absent, and what else a client may send are transient. */
  readonly deliveryMode?: number;
  /** 0 to 255. */
  readonly priority?: number;
  readonly correlationId?: string;
  readonly replyTo?: string;
  /** Time to live in milliseconds, as decimal digits. */
  readonly expiration?: string;
  readonly messageId?: string;
  /** Seconds since 1970; a bigint beyond 2^53 - 1. */
  readonly timestamp?: number | bigint;
  readonly type?: string;
  readonly userId?: string;
  readonly appId?: string;
  readonly clusterId?: string;
}

/** Presence flags, in the order in which the properties follow. */
const flag = {
  contentType: 1 << 15,
  contentEncoding: 1 << 14,
  headers: 1 << 13,
  deliveryMode: 1 << 12,
  priority: 1 << 11,
  correlationId: 1 << 10,
  replyTo: 1 << 9,
  expiration: 1 << 8,
  messageId: 1 << 7,
  timestamp: 1 << 6,
  type: 1 << 5,
  userId: 1 << 4,
  appId: 1 << 3,
  clusterId: 1 << 2,
} as const;
/** Bit 1 is no property, and bit 0 would announce a second word of flags, which class `basic` does not have. */
const unusedFlags = 0b11;

/** The encoded form of no properties at all. */
export const noProperties: Buffer = Buffer.from([0, 0]);

const scratch = new ByteWriter();

/**
 * Encodes properties as they stand in a content header: the flags, then the values of those that are present.
 * Throws InvalidPropertyError naming the property that the wire can't carry.
 */
export function encodeProperties(properties: MessageProperties): Buffer {
  const out = scratch;
  out.truncate(0);
  out.short(flagsOf(properties));
  const p = properties;
  if (p.contentType !== undefined) out.shortString(p.contentType, "content_type");
  if (p.contentEncoding !== undefined) out.shortString(p.contentEncoding, "content_encoding");
  if (p.headers !== undefined) out.table(p.headers, "headers");
  if (p.deliveryMode !== undefined) out.octet(mustBeOctet(p.deliveryMode, "delivery_mode"));
  if (p.priority !== undefined) out.octet(mustBeOctet(p.priority, "priority"));
  if (p.correlationId !== undefined) out.shortString(p.correlationId, "correlation_id");
  if (p.replyTo !== undefined) out.shortString(p.replyTo, "reply_to");
  if (p.expiration !== undefined) out.shortString(p.expiration, "expiration");
  if (p.messageId !== undefined) out.shortString(p.messageId, "message_id");
  if (p.timestamp !== undefined) out.longlong(p.timestamp, "timestamp");
  if (p.type !== undefined) out.shortString(p.type, "type");
  if (p.userId !== undefined) out.shortString(p.userId, "user_id");
  if (p.appId !== undefined) out.shortString(p.appId, "app_id");
  if (p.clusterId !== undefined) out.shortString(p.clusterId, "cluster_id");
  return out.copy();
}

/**
 * Decodes the flags and values of a content header. The buffer must hold nothing else. Byte values in the headers are
 * views of it. Throws MalformedPropertiesError.
 */
export function decodeProperties(bytes: Buffer): MessageProperties {
  const input = new ByteReader(bytes);
  const flags = input.short();
  if ((flags & unusedFlags) !== 0) throw new MalformedPropertiesError("property flags that class basic does not have");
  const p: { -readonly [K in keyof MessageProperties]: MessageProperties[K] } = {};
  if (flags & flag.contentType) p.contentType = input.shortString();
  if (flags & flag.contentEncoding) p.contentEncoding = input.shortString();
  if (flags & flag.headers) p.headers = input.table();
  if (flags & flag.deliveryMode) p.deliveryMode = input.octet();
  if (flags & flag.priority) p.priority = input.octet();
  if (flags & flag.correlationId) p.correlationId = input.shortString();
  if (flags & flag.replyTo) p.replyTo = input.shortString();
  if (flags & flag.expiration) p.expiration = input.shortString();
  if (flags & flag.messageId) p.messageId = input.shortString();
  if (flags & flag.timestamp) p.timestamp = input.longlong();
  if (flags & flag.type) p.type = input.shortString();
  if (flags & flag.userId) p.userId = input.shortString();
  if (flags & flag.appId) p.appId = input.shortString();
  if (flags & flag.clusterId) p.clusterId = input.shortString();
  if (input.remaining > 0) throw new MalformedPropertiesError(`${input.remaining} bytes after the last property`);
  return p;
}

/** Whether the message is to survive a restart: delivery mode 2. */
export function isPersistent(properties: MessageProperties): boolean {
  return properties.deliveryMode === 2;
}

function flagsOf(properties: MessageProperties): number {
  let flags = 0;
  for (const name in properties) {
    if (properties[name as keyof MessageProperties] !== undefined) flags |= flag[name as keyof typeof flag] ?? 0;
  }
  return flags;
}

function mustBeOctet(value: number, field: string): number {
  if (!Number.isInteger(value) || value < 0 || value > 255) {
    throw new InvalidPropertyError(field, "must be an integer from 0 to 255");
  }
  return value;
}
