import type { Actor } from "@/lib/broker/actor";
import type { DeathReason } from "@/lib/broker/message";

export const groupStatuses = ["open", "acknowledged", "resolved"] as const;
/** What people made of a group. A resolved one opens by itself when it happens again. */
export type GroupStatus = (typeof groupStatuses)[number];

export const groupOrders = ["count", "last_seen", "first_seen", "recent"] as const;
export type GroupOrder = (typeof groupOrders)[number];

/** Dead letters of one cause: the queue they died in, the reason, the error's type and its message without what changes. */
export interface DeadLetterGroup {
  readonly id: string;
  readonly vhost: string;
  /** The queue that they died in. */
  readonly queue: string;
  readonly reason: DeathReason;
  readonly errorType: string | null;
  /** The error's message with numbers, ids, times, paths and quoted values taken out; empty when there was none. */
  readonly pattern: string;
  /** A message as it was. */
  readonly example: string | null;
  /** Letters that lie in queues now, exactly. */
  readonly count: number;
  /** Where they lie. */
  readonly queues: readonly { readonly queue: string; readonly count: number }[];
  /** Deaths since it was first seen. */
  readonly total: number;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
  /** Deaths within the last hour, to ten minutes. */
  readonly recent: number;
  /** Deaths in each of the last 24 hours, oldest first; the last is the current one. */
  readonly trend: readonly number[];
  readonly status: GroupStatus;
  readonly note: string;
  readonly assignee: string | null;
  /** Grows with every change of status, note or assignee. */
  readonly version: number;
  readonly changedBy: string | null;
  readonly changedAt: Date | null;
  readonly reopenedAt: Date | null;
}

export interface GroupQuery {
  /** Omitted: all vhosts. */
  readonly vhost?: string;
  /** The queue that they died in, exactly. */
  readonly queue?: string;
  readonly reason?: DeathReason;
  /** Exactly. */
  readonly errorType?: string;
  readonly statuses?: readonly GroupStatus[];
  readonly assignee?: string;
  /** In pattern, error type, example and note, without regard to case. */
  readonly text?: string;
  /** Also those of which no letter lies anywhere now. */
  readonly empty?: boolean;
  readonly sort: GroupOrder;
  readonly direction: "asc" | "desc";
  readonly limit: number;
  readonly cursor?: string;
}

/** What a person changes; parts that are left out stay. */
export interface GroupChange {
  /** As it was seen; somebody else's change meanwhile makes it a `conflict`. */
  readonly version: number;
  readonly note?: string;
  readonly assignee?: string | null;
  readonly status?: GroupStatus;
}

/** Deaths within ten minutes. */
export interface GroupBucket {
  readonly at: Date;
  readonly count: number;
}

/** The part of the contract that is about groups of dead letters. All throw `not-found` for an unknown vhost or group. */
export interface DeadLetterGroups {
  list(
    actor: Actor,
    query: GroupQuery,
  ): Promise<{ readonly items: readonly DeadLetterGroup[]; readonly next: string | null; readonly total: number }>;
  get(actor: Actor, id: string): Promise<DeadLetterGroup & { readonly buckets: readonly GroupBucket[] }>;
  /** `conflict` with the present state when it is no longer of that version. */
  change(actor: Actor, id: string, change: GroupChange): Promise<DeadLetterGroup>;
}
