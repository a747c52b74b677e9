import type { DirectReplies } from "@/lib/amqp/direct-replies";
import type { QueueDispatchers } from "@/lib/amqp/dispatch";
import type { Broker } from "@/lib/broker/broker";

/** A user whose password was right. */
export interface AmqpUser {
  readonly name: string;
  readonly tags: readonly string[];
}

/** Throws a BrokerError `unauthenticated` for a wrong name or password, or an address it may not come from. */
export type Authenticate = (user: string, password: string, address: string | null) => Promise<AmqpUser>;

export interface AmqpLog {
  info(message: string): void;
  error(message: string, error: unknown): void;
}

export interface AmqpSettings {
  /** Offered in connection.tune; a client may ask for less. */
  readonly frameMax: number;
  readonly channelMax: number;
  /** Seconds; 0 for none. */
  readonly heartbeat: number;
  /** Largest body, in bytes. */
  readonly maxMessageSize: number;
  /** How long a client may take to log in, in ms. */
  readonly handshakeTimeoutMs: number;
  /** How long a message may stay unacknowledged, in ms, before it goes back to its queue. */
  readonly acknowledgementTimeoutMs: number;
}

/** What all connections to one node share. */
export interface Door {
  readonly broker: Broker;
  readonly authenticate: Authenticate;
  readonly settings: AmqpSettings;
  readonly log: AmqpLog;
  readonly dispatchers: QueueDispatchers;
  readonly replies: DirectReplies;
}
