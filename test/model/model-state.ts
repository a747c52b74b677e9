import type { DeathSummary, MessageState, TrashBatch } from "@/lib/broker/message";
import type { MessageProperties } from "@/lib/broker/properties/properties";
import type { QueueLimits } from "@/lib/broker/rules/queue-arguments";
import type { Binding, Exchange, MessageTotals, Queue, QueueCounts, Vhost } from "@/lib/broker/topology";

/** A routed copy of a message. Times are in ms of the model's clock. */
export interface ModelEntry {
  id: number;
  readonly messageId: number;
  readonly body: Uint8Array;
  readonly publishedAt: number;
  readonly publishedBy: string;
  readonly exchange: string;
  readonly routingKey: string;
  readonly properties: MessageProperties;
  /** 0 is served first. */
  readonly rank: number;
  readonly enqueuedAt: number;
  readonly expiresAt: number | null;
  readonly death: DeathSummary | null;
  state: "ready" | "delayed" | "leased";
  redelivered: boolean;
  deliveryCount: number;
  availableAt: number | null;
  lease: { receipt: string; holder: string; since: number; until: number; node: string | null } | null;
}

export interface ModelQueue {
  readonly id: number;
  readonly queue: Queue;
  readonly limits: QueueLimits;
  /** In the order of service. */
  readonly entries: ModelEntry[];
  readonly totals: { -readonly [K in keyof MessageTotals]: number };
}

export interface ModelVhost {
  vhost: Vhost;
  readonly exchanges: Map<string, Exchange & { readonly id: number }>;
  readonly queues: Map<string, ModelQueue>;
  readonly bindings: Binding[];
}

export interface ModelTrash {
  batch: TrashBatch;
  readonly entries: { readonly queueId: number; readonly entry: ModelEntry }[];
}

export const noTotals: MessageTotals = {
  publish: 0,
  deliver: 0,
  deliverNoAck: 0,
  get: 0,
  getNoAck: 0,
  ack: 0,
  redeliver: 0,
  returnUnroutable: 0,
  dropUnroutable: 0,
};

/** Puts an entry in its place: by rank, then by number. */
export function insertInOrder(queue: ModelQueue, entry: ModelEntry): void {
  const at = queue.entries.findIndex(
    (other) => other.rank > entry.rank || (other.rank === entry.rank && other.id > entry.id),
  );
  queue.entries.splice(at < 0 ? queue.entries.length : at, 0, entry);
}

/** Takes an entry out of its queue. */
export function removeEntry(queue: ModelQueue, entry: ModelEntry): void {
  queue.entries.splice(queue.entries.indexOf(entry), 1);
}

/** Ready again: held by nobody and waiting for nothing. */
export function becomeReady(entry: ModelEntry): void {
  entry.state = "ready";
  entry.lease = null;
  entry.availableAt = null;
}

export function readyIn(queue: ModelQueue): ModelEntry[] {
  return queue.entries.filter(({ state }) => state === "ready");
}

/** How the contract calls an entry's state. */
export function stateOf(entry: ModelEntry): MessageState {
  if (entry.state === "leased") return "unacked";
  if (entry.state === "delayed") return "delayed";
  return entry.death ? "dead" : "ready";
}

export function countsOf(queue: ModelQueue): QueueCounts {
  const inState = (state: ModelEntry["state"]) => queue.entries.filter((entry) => entry.state === state);
  const bytes = (entries: ModelEntry[]) => entries.reduce((sum, { body }) => sum + body.length, 0);
  return {
    ready: inState("ready").length,
    unacknowledged: inState("leased").length,
    delayed: inState("delayed").length,
    readyBytes: bytes(inState("ready")),
    unacknowledgedBytes: bytes(inState("leased")),
  };
}
