import type { Channel } from "@/lib/amqp/channel";
import { isBrokerError } from "@/lib/broker/errors";
import type { FieldTable } from "@/lib/broker/properties/field-value";
import { propertiesKeyOf } from "@/lib/broker/rules/properties-key";
import type { Destination } from "@/lib/broker/topology";

export interface Unbinding {
  readonly source: string;
  readonly destination: Destination;
  readonly routingKey: string;
  readonly arguments: FieldTable;
}

/** Removes a binding; one that isn't there is no error, as in RabbitMQ. */
export async function unbindExisting({ connection }: Channel, unbinding: Unbinding): Promise<void> {
  const { source, destination, routingKey } = unbinding;
  const propertiesKey = propertiesKeyOf(routingKey, unbinding.arguments);
  try {
    await connection.door.broker.unbind(connection.actor, {
      vhost: connection.vhost,
      source,
      destination,
      propertiesKey,
    });
  } catch (error) {
    if (!isBrokerError(error) || error.code !== "not-found") throw error;
  }
}
