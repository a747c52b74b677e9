import type { Admission } from "@/lib/amqp/admission";
import type { Alarm } from "@/lib/amqp/alarm";
import type { LoginFrom } from "@/lib/amqp/certificate-name";
import type { DirectReplies } from "@/lib/amqp/direct-replies";
import type { QueueDispatchers } from "@/lib/amqp/queue-dispatchers";
import type { Registry } from "@/lib/amqp/registry";
import type { Standings } from "@/lib/amqp/standings";
import type { AuditLine } from "@/lib/broker/audit";
import type { Broker } from "@/lib/broker/broker";
import type { DoorCluster } from "@/lib/broker/door-cluster";

/** A user whose password was right. */
export interface AmqpUser {
  readonly name: string;
  readonly tags: readonly string[];
}

/** Throws a BrokerError `unauthenticated` for a wrong name or password, or an address it may not come from. */
export type Authenticate = (user: string, password: string, address: string | null) => Promise<AmqpUser>;

/** As Authenticate, for somebody whose certificate has shown who they are. */
export type Identify = (user: string, address: string | null) => Promise<AmqpUser>;

export interface AmqpLog {
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
  /** How long a message may stay unacknowledged, in ms, before its channel is closed. */
  readonly acknowledgementTimeoutMs: number;
}

/** How often overdue acknowledgements are looked for, in ms. */
export function overdueCheckMs(settings: AmqpSettings): number {
  return Math.min(60_000, settings.acknowledgementTimeoutMs);
}

/** How long a message is leased, in ms: its channel is closed first, so that nobody acknowledges what has passed on. */
export function holdMs(settings: AmqpSettings): number {
  return settings.acknowledgementTimeoutMs + 2 * overdueCheckMs(settings);
}

/** What all connections to one node share. */
export interface Door {
  readonly broker: Broker;
  readonly authenticate: Authenticate;
  readonly identify: Identify | undefined;
  /** Which name of a client's certificate is its user's. */
  readonly loginFrom: LoginFrom;
  readonly settings: AmqpSettings;
  readonly log: AmqpLog;
  readonly alarm: Alarm;
  readonly dispatchers: QueueDispatchers;
  readonly replies: DirectReplies;
  readonly registry: Registry;
  readonly admission: Admission;
  /** Is told of what destroys something; never waits, never throws. */
  readonly audit: (line: AuditLine) => void;
  /** What is agreed with the doors of other nodes. */
  readonly cluster: DoorCluster;
  readonly standings: Standings;
}
