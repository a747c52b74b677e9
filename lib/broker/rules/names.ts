import { randomBytes } from "node:crypto";
import { BrokerError } from "@/lib/broker/errors";
import { isWellFormed } from "@/lib/broker/properties/text";

/** AMQP's short strings carry names and keys: 255 bytes at most. */
const maxNameBytes = 255;

const reservedPrefix = "amq.";

/** The exchanges that every vhost has from the beginning, as RabbitMQ makes them. */
export const predeclaredExchanges = [
  { name: "", type: "direct", internal: false },
  { name: "amq.direct", type: "direct", internal: false },
  { name: "amq.fanout", type: "fanout", internal: false },
  { name: "amq.topic", type: "topic", internal: false },
  { name: "amq.headers", type: "headers", internal: false },
  { name: "amq.match", type: "headers", internal: false },
  { name: "amq.rabbitmq.trace", type: "topic", internal: true },
] as const;

/**
 * Refuses what can't be a name: empty, longer than 255 bytes, or with characters that would make two names look the
 * same in a log (NUL, line breaks) or are no text. RabbitMQ silently strips line breaks; we say so instead.
 * Throws `bad-request`.
 */
export function checkName(kind: "vhost" | "exchange" | "queue" | "policy" | "user" | "parameter", name: string): void {
  if (name === "") throw new BrokerError("bad-request", `A ${kind} needs a name.`, { kind });
  const problem = problemOf(name);
  if (problem) throw new BrokerError("bad-request", `The ${kind} name ${problem}.`, { kind });
}

/** Refuses a routing or binding key that is too long or is no text. May be empty. Throws `bad-request`. */
export function checkRoutingKey(key: string): void {
  const problem = problemOf(key);
  if (problem) throw new BrokerError("bad-request", `The routing key ${problem}.`);
}

/**
 * Refuses to declare or delete a name that begins with `amq.` (AMQP 0-9-1 reference, exchange.declare and
 * queue.declare, rule "reserved"). Throws `access-refused` with RabbitMQ's text.
 */
export function checkNotReserved(kind: "exchange" | "queue", name: string): void {
  if (isReservedName(name)) {
    throw new BrokerError("access-refused", `${kind} name '${name}' contains reserved prefix 'amq.*'`, { kind, name });
  }
}

function isReservedName(name: string): boolean {
  return name.startsWith(reservedPrefix);
}

/** A name for a queue that was declared without one: RabbitMQ's form, 128 random bits. */
export function generateQueueName(): string {
  return `amq.gen-${randomBytes(16).toString("base64url")}`;
}

function problemOf(name: string): string | null {
  const bytes = Buffer.byteLength(name);
  if (bytes > maxNameBytes) return `is ${bytes} bytes long; at most ${maxNameBytes} are allowed`;
  if (/[\0\r\n]/.test(name)) return "holds a NUL or a line break, which is not allowed";
  if (!isWellFormed(name)) return "is not valid UTF-8";
  return null;
}
