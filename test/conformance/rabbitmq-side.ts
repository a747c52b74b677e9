import { type ConfirmChannel, connect, type GetMessage } from "amqplib";
import type { FieldTable, FieldValue } from "@/lib/broker/properties/field-value";
import { fromPlain } from "@/lib/broker/properties/plain";
import type { Side, Taken } from "@/test/conformance/side";

/** A real RabbitMQ, through amqplib. Closing it deletes what was declared through it. */
export async function rabbitMqSide(url: string): Promise<Side> {
  const connection = await connect(url);
  const channel = await connection.createConfirmChannel();
  const failed = (error: unknown) => {
    throw error;
  };
  channel.on("error", failed);
  const queues = new Set<string>();
  const exchanges = new Set<string>();
  let someLimited = false;
  /**
   * What was sent before has arrived: a question to each queue waits behind what the channel sent it, and a second
   * round behind what the queues sent each other as dead letters.
   */
  const settled = async () => {
    for (let round = 0; round < 3; round++) await Promise.all([...queues].map((queue) => channel.checkQueue(queue)));
  };
  return {
    async exchange(name, type, options = {}) {
      await channel.assertExchange(name, type, {
        durable: false,
        internal: options.internal ?? false,
        ...(options.alternate !== undefined && { alternateExchange: options.alternate }),
      });
      exchanges.add(name);
    },
    async queue(name, queueArguments = {}) {
      await channel.assertQueue(name, { durable: false, arguments: amqplibTable(fromPlain(queueArguments)) });
      queues.add(name);
      someLimited ||= "x-max-length" in queueArguments || "x-max-length-bytes" in queueArguments;
    },
    async bindQueue(source, queue, key, bindingArguments = {}) {
      await channel.bindQueue(queue, source, key, amqplibTable(fromPlain(bindingArguments)));
    },
    async bindExchange(source, exchange, key) {
      await channel.bindExchange(exchange, source, key);
    },
    async publish({ exchange, key, body, headers, priority, expiration }) {
      const properties = {
        headers: amqplibTable(fromPlain(headers ?? {})),
        ...(priority !== undefined && { priority }),
        ...(expiration !== undefined && { expiration }),
      };
      const confirmed = await published(channel, exchange, key, Buffer.from(body), properties);
      // The confirm says that the queues have it, but not yet what they dropped for it.
      if (someLimited) await settled();
      return confirmed;
    },
    async take(queue) {
      const message = await channel.get(queue);
      return message === false ? null : takenFrom(message);
    },
    async settle({ token }, outcome) {
      const message = token as GetMessage;
      if (outcome === "ack") channel.ack(message);
      else channel.nack(message, false, outcome === "requeue");
      await settled();
    },
    async ready(queue) {
      return (await channel.checkQueue(queue)).messageCount;
    },
    async close() {
      for (const queue of queues) await channel.deleteQueue(queue);
      for (const exchange of exchanges) await channel.deleteExchange(exchange);
      channel.off("error", failed);
      await connection.close();
    },
  };
}

function published(channel: ConfirmChannel, exchange: string, key: string, body: Buffer, properties: object) {
  return new Promise<boolean>((resolve) => {
    channel.publish(exchange, key, body, properties, (error) => resolve(error === null || error === undefined));
  });
}

function takenFrom(message: GetMessage): Taken {
  const { fields, properties, content } = message;
  return {
    seen: {
      body: content.toString(),
      exchange: fields.exchange,
      key: fields.routingKey,
      redelivered: fields.redelivered,
      headers: properties.headers ?? {},
      expiration: properties.expiration ?? null,
    },
    token: message,
  };
}

/** amqplib's way of writing typed values: `{ "!": type, value }`. */
export function amqplibTable(table: FieldTable): Record<string, unknown> {
  return Object.fromEntries([...table].map(([name, value]) => [name, amqplibValue(value)]));
}

const amqplibTypes: Partial<Record<FieldValue["t"], string>> = {
  b: "int8",
  s: "int16",
  I: "int32",
  l: "int64",
  f: "float",
  d: "double",
  T: "timestamp",
};

function amqplibValue(value: FieldValue): unknown {
  switch (value.t) {
    case "V":
      return null;
    case "F":
      return amqplibTable(value.v);
    case "A":
      return value.v.map(amqplibValue);
    case "S":
    case "t":
      return value.v;
    default: {
      const type = amqplibTypes[value.t];
      if (type === undefined) throw new Error(`amqplib can't write the field type ${value.t}`);
      return { "!": type, value: Number(value.v) };
    }
  }
}
