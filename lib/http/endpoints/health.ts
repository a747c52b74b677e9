import { BrokerError } from "@/lib/broker/errors";
import { endpoint } from "@/lib/http/endpoint";
import { ok } from "@/lib/http/reply";

/** How long the database may take to answer, in ms, before it counts as away. */
const PATIENCE_MS = 3_000;
/** The queue that RabbitMQ's aliveness test uses too. */
const TEST_QUEUE = "aliveness-test";

export const healthEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/health",
    summary: "200 when Warren and its database answer, otherwise 503; needs no login",
    access: "public",
    manner: "warren",
    async handle(_input, { database }) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => reject(new BrokerError("unavailable", "The database does not answer.")), PATIENCE_MS);
      });
      try {
        await Promise.race([database.$queryRaw`select 1`, late]);
      } finally {
        clearTimeout(timer);
      }
      return ok({ status: "ok" });
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/aliveness-test/{vhost}",
    summary: "Declare a queue, publish to it and take the message out again",
    access: "change",
    manner: "rabbitmq",
    async handle({ path: { vhost } }, { broker, actor }) {
      const declaration = { vhost, name: TEST_QUEUE, durable: false, autoDelete: false, exclusive: false };
      await broker.declareQueue(actor, { ...declaration, arguments: new Map() });
      const message = { properties: {}, body: Buffer.from("test_message") };
      await broker.publish(actor, { vhost, exchange: "", routingKey: TEST_QUEUE, ...message });
      const taken = await broker.lease(actor, {
        ...{ vhost, queue: TEST_QUEUE, max: 1, visibilityTimeoutMs: 10_000, waitMs: 1_000 },
        ...{ autoAck: true, countAs: "get" as const },
      });
      if (taken.length === 0) throw new BrokerError("internal", "The test message did not come back.");
      return ok({ status: "ok" });
    },
  }),
];
