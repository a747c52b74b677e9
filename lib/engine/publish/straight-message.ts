import type { Given } from "@/lib/broker/broker";
import { decodeProperties, type MessageProperties } from "@/lib/broker/properties/properties";
import type { AnyReceipt } from "@/lib/broker/requests";
import type { Outgoing } from "@/lib/engine/publish/outgoing";

/** A message that is given away as it came. Its properties are decoded for whoever looks at them. */
export class StraightMessage implements Given {
  readonly exchange: string;
  readonly routingKey: string;
  readonly encodedProperties: Buffer;
  readonly body: Uint8Array;
  readonly redelivered = false;
  readonly deliveryCount = 0;
  readonly leasedUntil = null;
  readonly remaining = 0;

  constructor({ exchange, routingKey, encoded, body }: Outgoing) {
    this.exchange = exchange;
    this.routingKey = routingKey;
    this.encodedProperties = encoded;
    this.body = body;
  }

  /** Null: it is done with as it is taken. */
  get receipt(): AnyReceipt | null {
    return null;
  }

  get id(): number {
    return 0;
  }

  get messageId(): number {
    return 0;
  }

  get bodySize(): number {
    return this.body.length;
  }

  get properties(): MessageProperties {
    return decodeProperties(this.encodedProperties);
  }
}
