import type { FieldTable } from "@/lib/broker/properties/field-value";

/** What each elementary type is as a JS value. Long strings are bytes; they are views of the network's buffer. */
interface ArgumentTypes {
  bit: boolean;
  octet: number;
  short: number;
  long: number;
  longlong: number | bigint;
  shortstr: string;
  longstr: Buffer;
  table: FieldTable;
}

export type ArgumentType = keyof ArgumentTypes;

/** Name and type; one without a name is reserved: sent as zero, and skipped when read. */
export type Argument = readonly [name: string | null, type: ArgumentType];

export interface MethodDefinition {
  readonly id: readonly [classId: number, methodId: number];
  readonly arguments: readonly Argument[];
  /** Which methods answer this one; none if it isn't synchronous or is itself an answer. */
  readonly replies?: readonly string[];
  /** A content header and body follow. */
  readonly content?: true;
}

const reserved = {
  short: [null, "short"],
  shortstr: [null, "shortstr"],
  longstr: [null, "longstr"],
  bit: [null, "bit"],
} as const;

const close = [
  ["replyCode", "short"],
  ["replyText", "shortstr"],
  ["classId", "short"],
  ["methodId", "short"],
] as const;

const tuning = [
  ["channelMax", "short"],
  ["frameMax", "long"],
  ["heartbeat", "short"],
] as const;

const exchangeBinding = [
  reserved.short,
  ["destination", "shortstr"],
  ["source", "shortstr"],
  ["routingKey", "shortstr"],
  ["noWait", "bit"],
  ["arguments", "table"],
] as const;

/**
 * Every method of AMQP 0-9-1 with RabbitMQ's extensions. A test compares the table with the published definition, of
 * which only connection.blocked, unblocked and update-secret are not part (rabbitmq.com/connection-blocked, and
 * rabbitmq.com/access-control for the secret).
 */
export const methods = {
  "connection.start": {
    id: [10, 10],
    replies: ["connection.start-ok"],
    arguments: [
      ["versionMajor", "octet"],
      ["versionMinor", "octet"],
      ["serverProperties", "table"],
      ["mechanisms", "longstr"],
      ["locales", "longstr"],
    ],
  },
  "connection.start-ok": {
    id: [10, 11],
    arguments: [
      ["clientProperties", "table"],
      ["mechanism", "shortstr"],
      ["response", "longstr"],
      ["locale", "shortstr"],
    ],
  },
  "connection.secure": { id: [10, 20], replies: ["connection.secure-ok"], arguments: [["challenge", "longstr"]] },
  "connection.secure-ok": { id: [10, 21], arguments: [["response", "longstr"]] },
  "connection.tune": { id: [10, 30], replies: ["connection.tune-ok"], arguments: tuning },
  "connection.tune-ok": { id: [10, 31], arguments: tuning },
  "connection.open": {
    id: [10, 40],
    replies: ["connection.open-ok"],
    arguments: [["virtualHost", "shortstr"], reserved.shortstr, reserved.bit],
  },
  "connection.open-ok": { id: [10, 41], arguments: [reserved.shortstr] },
  "connection.close": { id: [10, 50], replies: ["connection.close-ok"], arguments: close },
  "connection.close-ok": { id: [10, 51], arguments: [] },
  "connection.blocked": { id: [10, 60], arguments: [["reason", "shortstr"]] },
  "connection.unblocked": { id: [10, 61], arguments: [] },
  "connection.update-secret": {
    id: [10, 70],
    replies: ["connection.update-secret-ok"],
    arguments: [
      ["newSecret", "longstr"],
      ["reason", "shortstr"],
    ],
  },
  "connection.update-secret-ok": { id: [10, 71], arguments: [] },

  "channel.open": { id: [20, 10], replies: ["channel.open-ok"], arguments: [reserved.shortstr] },
  "channel.open-ok": { id: [20, 11], arguments: [reserved.longstr] },
  "channel.flow": { id: [20, 20], replies: ["channel.flow-ok"], arguments: [["active", "bit"]] },
  "channel.flow-ok": { id: [20, 21], arguments: [["active", "bit"]] },
  "channel.close": { id: [20, 40], replies: ["channel.close-ok"], arguments: close },
  "channel.close-ok": { id: [20, 41], arguments: [] },

  "exchange.declare": {
    id: [40, 10],
    replies: ["exchange.declare-ok"],
    arguments: [
      reserved.short,
      ["exchange", "shortstr"],
      ["type", "shortstr"],
      ["passive", "bit"],
      ["durable", "bit"],
      ["autoDelete", "bit"],
      ["internal", "bit"],
      ["noWait", "bit"],
      ["arguments", "table"],
    ],
  },
  "exchange.declare-ok": { id: [40, 11], arguments: [] },
  "exchange.delete": {
    id: [40, 20],
    replies: ["exchange.delete-ok"],
    arguments: [reserved.short, ["exchange", "shortstr"], ["ifUnused", "bit"], ["noWait", "bit"]],
  },
  "exchange.delete-ok": { id: [40, 21], arguments: [] },
  "exchange.bind": { id: [40, 30], replies: ["exchange.bind-ok"], arguments: exchangeBinding },
  "exchange.bind-ok": { id: [40, 31], arguments: [] },
  "exchange.unbind": { id: [40, 40], replies: ["exchange.unbind-ok"], arguments: exchangeBinding },
  "exchange.unbind-ok": { id: [40, 51], arguments: [] },

  "queue.declare": {
    id: [50, 10],
    replies: ["queue.declare-ok"],
    arguments: [
      reserved.short,
      ["queue", "shortstr"],
      ["passive", "bit"],
      ["durable", "bit"],
      ["exclusive", "bit"],
      ["autoDelete", "bit"],
      ["noWait", "bit"],
      ["arguments", "table"],
    ],
  },
  "queue.declare-ok": {
    id: [50, 11],
    arguments: [
      ["queue", "shortstr"],
      ["messageCount", "long"],
      ["consumerCount", "long"],
    ],
  },
  "queue.bind": {
    id: [50, 20],
    replies: ["queue.bind-ok"],
    arguments: [
      reserved.short,
      ["queue", "shortstr"],
      ["exchange", "shortstr"],
      ["routingKey", "shortstr"],
      ["noWait", "bit"],
      ["arguments", "table"],
    ],
  },
  "queue.bind-ok": { id: [50, 21], arguments: [] },
  "queue.purge": {
    id: [50, 30],
    replies: ["queue.purge-ok"],
    arguments: [reserved.short, ["queue", "shortstr"], ["noWait", "bit"]],
  },
  "queue.purge-ok": { id: [50, 31], arguments: [["messageCount", "long"]] },
  "queue.delete": {
    id: [50, 40],
    replies: ["queue.delete-ok"],
    arguments: [reserved.short, ["queue", "shortstr"], ["ifUnused", "bit"], ["ifEmpty", "bit"], ["noWait", "bit"]],
  },
  "queue.delete-ok": { id: [50, 41], arguments: [["messageCount", "long"]] },
  "queue.unbind": {
    id: [50, 50],
    replies: ["queue.unbind-ok"],
    arguments: [
      reserved.short,
      ["queue", "shortstr"],
      ["exchange", "shortstr"],
      ["routingKey", "shortstr"],
      ["arguments", "table"],
    ],
  },
  "queue.unbind-ok": { id: [50, 51], arguments: [] },

  "basic.qos": {
    id: [60, 10],
    replies: ["basic.qos-ok"],
    arguments: [
      ["prefetchSize", "long"],
      ["prefetchCount", "short"],
      ["global", "bit"],
    ],
  },
  "basic.qos-ok": { id: [60, 11], arguments: [] },
  "basic.consume": {
    id: [60, 20],
    replies: ["basic.consume-ok"],
    arguments: [
      reserved.short,
      ["queue", "shortstr"],
      ["consumerTag", "shortstr"],
      ["noLocal", "bit"],
      ["noAck", "bit"],
      ["exclusive", "bit"],
      ["noWait", "bit"],
      ["arguments", "table"],
    ],
  },
  "basic.consume-ok": { id: [60, 21], arguments: [["consumerTag", "shortstr"]] },
  "basic.cancel": {
    id: [60, 30],
    replies: ["basic.cancel-ok"],
    arguments: [
      ["consumerTag", "shortstr"],
      ["noWait", "bit"],
    ],
  },
  "basic.cancel-ok": { id: [60, 31], arguments: [["consumerTag", "shortstr"]] },
  "basic.publish": {
    id: [60, 40],
    content: true,
    arguments: [
      reserved.short,
      ["exchange", "shortstr"],
      ["routingKey", "shortstr"],
      ["mandatory", "bit"],
      ["immediate", "bit"],
    ],
  },
  "basic.return": {
    id: [60, 50],
    content: true,
    arguments: [
      ["replyCode", "short"],
      ["replyText", "shortstr"],
      ["exchange", "shortstr"],
      ["routingKey", "shortstr"],
    ],
  },
  "basic.deliver": {
    id: [60, 60],
    content: true,
    arguments: [
      ["consumerTag", "shortstr"],
      ["deliveryTag", "longlong"],
      ["redelivered", "bit"],
      ["exchange", "shortstr"],
      ["routingKey", "shortstr"],
    ],
  },
  "basic.get": {
    id: [60, 70],
    replies: ["basic.get-ok", "basic.get-empty"],
    arguments: [reserved.short, ["queue", "shortstr"], ["noAck", "bit"]],
  },
  "basic.get-ok": {
    id: [60, 71],
    content: true,
    arguments: [
      ["deliveryTag", "longlong"],
      ["redelivered", "bit"],
      ["exchange", "shortstr"],
      ["routingKey", "shortstr"],
      ["messageCount", "long"],
    ],
  },
  "basic.get-empty": { id: [60, 72], arguments: [reserved.shortstr] },
  "basic.ack": {
    id: [60, 80],
    arguments: [
      ["deliveryTag", "longlong"],
      ["multiple", "bit"],
    ],
  },
  "basic.reject": {
    id: [60, 90],
    arguments: [
      ["deliveryTag", "longlong"],
      ["requeue", "bit"],
    ],
  },
  "basic.recover-async": { id: [60, 100], arguments: [["requeue", "bit"]] },
  "basic.recover": { id: [60, 110], replies: ["basic.recover-ok"], arguments: [["requeue", "bit"]] },
  "basic.recover-ok": { id: [60, 111], arguments: [] },
  "basic.nack": {
    id: [60, 120],
    arguments: [
      ["deliveryTag", "longlong"],
      ["multiple", "bit"],
      ["requeue", "bit"],
    ],
  },

  "confirm.select": { id: [85, 10], replies: ["confirm.select-ok"], arguments: [["noWait", "bit"]] },
  "confirm.select-ok": { id: [85, 11], arguments: [] },

  "tx.select": { id: [90, 10], replies: ["tx.select-ok"], arguments: [] },
  "tx.select-ok": { id: [90, 11], arguments: [] },
  "tx.commit": { id: [90, 20], replies: ["tx.commit-ok"], arguments: [] },
  "tx.commit-ok": { id: [90, 21], arguments: [] },
  "tx.rollback": { id: [90, 30], replies: ["tx.rollback-ok"], arguments: [] },
  "tx.rollback-ok": { id: [90, 31], arguments: [] },
} as const satisfies Record<string, MethodDefinition>;

export type MethodName = keyof typeof methods;

type Named<A extends Argument> = A extends readonly [string, ArgumentType] ? A : never;

/** The arguments of a method by name, without the reserved ones. */
export type Arguments<N extends MethodName> = {
  readonly [A in Named<(typeof methods)[N]["arguments"][number]> as A[0]]: ArgumentTypes[A[1]];
};

/** A method with its arguments: a union that `switch (method.name)` narrows. */
export type Method = { [N in MethodName]: { readonly name: N; readonly args: Arguments<N> } }[MethodName];

/** Methods that a content header and body follow. */
export type ContentMethodName = {
  [N in MethodName]: (typeof methods)[N] extends { content: true } ? N : never;
}[MethodName];
