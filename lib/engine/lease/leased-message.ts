import type { Leased } from "@/lib/broker/broker";
import { decodeProperties, type MessageProperties } from "@/lib/broker/properties/properties";
import type { Receipt } from "@/lib/broker/requests";
import type { StoredMessage } from "@/lib/engine/message-cache";

/** A message in somebody's hands. Its properties are decoded for whoever looks at them: most are passed on as they are. */
export class LeasedMessage implements Leased {
  readonly id: number;
  readonly messageId: number;
  readonly exchange: string;
  readonly routingKey: string;
  readonly encodedProperties: Uint8Array;
  readonly bodySize: number;
  readonly redelivered: boolean;
  readonly deliveryCount: number;
  readonly body: Uint8Array;
  readonly receipt: Receipt | null;
  readonly leasedUntil: Date | null;
  readonly remaining: number;
  #decoded: MessageProperties | undefined;

  constructor(
    stored: StoredMessage,
    lease: Pick<Leased, "id" | "messageId" | "redelivered" | "deliveryCount" | "receipt" | "leasedUntil" | "remaining">,
  ) {
    this.id = lease.id;
    this.messageId = lease.messageId;
    this.exchange = stored.exchange;
    this.routingKey = stored.routingKey;
    this.encodedProperties = stored.properties;
    this.bodySize = stored.body.length;
    this.redelivered = lease.redelivered;
    this.deliveryCount = lease.deliveryCount;
    this.body = stored.body;
    this.receipt = lease.receipt;
    this.leasedUntil = lease.leasedUntil;
    this.remaining = lease.remaining;
  }

  get properties(): MessageProperties {
    this.#decoded ??= decodeProperties(bufferOf(this.encodedProperties));
    return this.#decoded;
  }
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
