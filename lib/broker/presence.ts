import type { PlainTable } from "@/lib/broker/properties/plain";

// Who is connected, in RabbitMQ's terms. Times are in ms since 1970, rates per second over the last five seconds or so.

export interface Connection {
  /** `127.0.0.1:54321 -> 127.0.0.1:5672`: peer, then server. */
  readonly name: string;
  /** The broker process that holds it. */
  readonly node: string;
  /** What the client calls itself (`connection_name`); null if it doesn't. */
  readonly clientName: string | null;
  readonly user: string;
  readonly vhost: string;
  readonly protocol: string;
  /** `flow`: it publishes faster than is stored, and is read no further for the moment. */
  readonly state: "running" | "flow";
  readonly connectedAt: number;
  readonly clientProperties: PlainTable;
  readonly authMechanism: string;
  readonly tls: boolean;
  readonly host: string;
  readonly port: number;
  readonly peerHost: string;
  readonly peerPort: number;
  readonly channelMax: number;
  /** In bytes. */
  readonly frameMax: number;
  /** Heartbeat in seconds; 0 for none. */
  readonly timeout: number;
  readonly channels: number;
  readonly receivedBytes: number;
  readonly receivedByteRate: number;
  readonly sentBytes: number;
  readonly sentByteRate: number;
}

/** What a channel has done since it was opened, by RabbitMQ's names. */
export const channelCounters = [
  "publish",
  "confirm",
  "return_unroutable",
  "deliver",
  "deliver_no_ack",
  "get",
  "get_no_ack",
  "ack",
  "redeliver",
] as const;
export type ChannelCounter = (typeof channelCounters)[number];

export interface Channel {
  /** The connection's name and the number in brackets. */
  readonly name: string;
  readonly connection: string;
  readonly number: number;
  readonly node: string;
  readonly clientName: string | null;
  readonly user: string;
  readonly vhost: string;
  readonly peerHost: string;
  readonly peerPort: number;
  readonly state: "running" | "flow";
  /** For consumers to come; 0 is no limit. */
  readonly prefetch: number;
  /** For all its consumers together; 0 is no limit. */
  readonly globalPrefetch: number;
  readonly confirm: boolean;
  readonly transactional: boolean;
  readonly unacknowledged: number;
  readonly unconfirmed: number;
  readonly consumers: number;
  readonly totals: Readonly<Record<ChannelCounter, number>>;
  readonly rates: Readonly<Record<ChannelCounter, number>>;
}

/** What became of a delivery. */
export type ConsumerOutcome = "acked" | "rejected" | "requeued";

/** A stretch of work: one message, or several short ones in a row, from the first delivery to the last settlement. */
export interface ConsumerActivity {
  readonly from: number;
  readonly to: number;
  readonly outcome: ConsumerOutcome;
  readonly count: number;
}

export interface Consumer {
  readonly tag: string;
  readonly vhost: string;
  readonly queue: string;
  readonly node: string;
  readonly clientName: string | null;
  readonly user: string;
  readonly channel: string;
  readonly channelNumber: number;
  readonly connection: string;
  readonly peerHost: string;
  readonly peerPort: number;
  readonly ackRequired: boolean;
  readonly exclusive: boolean;
  readonly prefetch: number;
  readonly priority: number;
  /** False for one that waits for its turn at a queue with a single active consumer. */
  readonly active: boolean;
  readonly arguments: PlainTable;
  /** Since when it consumes. */
  readonly since: number;
  /** It holds all that its prefetch limits allow. */
  readonly full: boolean;
  readonly held: number;
  /** What it has held for longest, at most 20: ids in its queue, and since when. */
  readonly holds: readonly { readonly id: number; readonly since: number }[];
  readonly lastDeliveredAt: number | null;
  readonly lastSettledAt: number | null;
  readonly delivered: number;
  readonly acked: number;
  readonly rejected: number;
  readonly requeued: number;
  /** The last minute, oldest first, bounded. */
  readonly recent: readonly ConsumerActivity[];
  /** From delivery to acknowledgement within the minute before the last settlement, in ms; null when there was none. */
  readonly latency: { readonly p50: number; readonly p99: number } | null;
}

/** What a door tells of one connection, channel or consumer; the node is known. */
export type Report<T> = Omit<T, "node">;

/** What changed since the last report. Keys are the door's own and unique in its process. */
export interface Changes<T> {
  readonly now: ReadonlyMap<string, Report<T>>;
  readonly gone: readonly string[];
}

export interface PresenceChanges {
  readonly connections: Changes<Connection>;
  readonly channels: Changes<Channel>;
  readonly consumers: Changes<Consumer>;
}

/** Somebody wants a connection closed. */
export interface CloseRequest {
  readonly key: string;
  readonly reason: string;
}

/** Where connections are taken, in RabbitMQ's terms. */
export interface Listener {
  readonly protocol: "amqp" | "amqp/ssl" | "http";
  readonly address: string;
  readonly port: number;
  /** Until when the certificate that is shown there is good; null where none is. */
  readonly certificateUntil: Date | null;
}

/** Where the doors of a broker process tell who is connected. */
export interface PresenceBoard {
  /** Changes whenever what was reported before has been lost: everything has to be told anew. 0: nothing can be told yet. */
  readonly generation: number;
  /** Throws `unavailable` when the database is away; then it may or may not have been stored. */
  report(changes: PresenceChanges): Promise<void>;
  onClose(listener: (request: CloseRequest) => void): void;
  /** Tells where this process listens, and goes on telling it for as long as it runs. */
  listens(listeners: readonly Listener[]): void;
}
