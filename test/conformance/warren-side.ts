import { systemActor } from "@/lib/broker/actor";
import type { Broker } from "@/lib/broker/broker";
import { emptyTable } from "@/lib/broker/properties/field-value";
import { fromPlain, toPlain } from "@/lib/broker/properties/plain";
import type { Side } from "@/test/conformance/side";

/** Whatever implements the contract, in a vhost of its own. */
export async function warrenSide(broker: Broker, vhost: string): Promise<Side> {
  const actor = systemActor;
  await broker.putVhost(actor, { name: vhost });
  const bind = (source: string, kind: "queue" | "exchange", name: string, routingKey: string, given = {}) =>
    broker.bind(actor, { vhost, source, destination: { kind, name }, routingKey, arguments: fromPlain(given) });
  return {
    async exchange(name, type, options = {}) {
      const alternate = options.alternate === undefined ? {} : { "alternate-exchange": options.alternate };
      await broker.declareExchange(actor, {
        vhost,
        name,
        type,
        durable: false,
        autoDelete: false,
        internal: options.internal ?? false,
        arguments: fromPlain(alternate),
      });
    },
    async queue(name, queueArguments = {}) {
      await broker.declareQueue(actor, {
        vhost,
        name,
        durable: true,
        autoDelete: false,
        exclusive: false,
        arguments: fromPlain(queueArguments),
      });
    },
    async bindQueue(source, queue, key, bindingArguments) {
      await bind(source, "queue", queue, key, bindingArguments);
    },
    async bindExchange(source, exchange, key) {
      await bind(source, "exchange", exchange, key);
    },
    async publish({ exchange, key, body, headers, priority, expiration }) {
      const properties = {
        ...(headers && { headers: fromPlain(headers) }),
        ...(priority !== undefined && { priority }),
        ...(expiration !== undefined && { expiration }),
      };
      const { rejected } = await broker.publish(actor, {
        vhost,
        exchange,
        routingKey: key,
        properties,
        body: Buffer.from(body),
      });
      return rejected.length === 0;
    },
    async take(queue) {
      const [leased] = await broker.lease(actor, {
        vhost,
        queue,
        max: 1,
        visibilityTimeoutMs: 600_000,
        waitMs: 0,
        autoAck: false,
        countAs: "get",
      });
      if (!leased) return null;
      const { properties, body, exchange, routingKey, redelivered, receipt } = leased;
      return {
        seen: {
          body: Buffer.from(body).toString(),
          exchange,
          key: routingKey,
          redelivered,
          headers: toPlain(properties.headers ?? emptyTable),
          expiration: properties.expiration ?? null,
        },
        token: receipt,
      };
    },
    async settle({ token }, outcome) {
      await broker.settle(actor, [{ receipt: token as string, outcome: { kind: outcome } }]);
    },
    async ready(queue) {
      return (await broker.getQueue(actor, vhost, queue)).counts.ready;
    },
    async close() {
      await broker.deleteVhost(actor, vhost);
    },
  };
}
