import { type FieldTable, type FieldValue, longString } from "@/lib/broker/properties/field-value";

/** The release whose behaviour is followed: clients decide by it what they may use. */
const followedVersion = "4.0.0";

/** What clients look for before they use an extension of the protocol. */
const capabilities = [
  "publisher_confirms",
  "exchange_exchange_bindings",
  "basic.nack",
  "consumer_cancel_notify",
  "connection.blocked",
  "consumer_priorities",
  "authentication_failure_close",
  "per_consumer_qos",
  "direct_reply_to",
];

/**
 * Announced in connection.start. The product has to be RabbitMQ's: kombu, for one, uses `basic.qos(global=true)` only
 * if it is, and only from version 3.3.
 */
export const serverProperties: FieldTable = new Map<string, FieldValue>([
  ["capabilities", { t: "F", v: new Map(capabilities.map((name) => [name, { t: "t", v: true }])) }],
  ["product", longString("RabbitMQ")],
  ["version", longString(followedVersion)],
  ["platform", longString("Warren on PostgreSQL")],
  ["information", longString("Warren, an AMQP 0-9-1 broker that follows RabbitMQ")],
  ["copyright", longString("MIT licence")],
]);

/** What the client said it can do: `capabilities` in its properties. */
export function clientCapabilities(properties: FieldTable): ReadonlySet<string> {
  const announced = properties.get("capabilities");
  if (announced?.t !== "F") return new Set();
  return new Set([...announced.v].filter(([, value]) => value.t === "t" && value.v).map(([name]) => name));
}
