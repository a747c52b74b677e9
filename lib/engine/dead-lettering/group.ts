import { createHash } from "node:crypto";
import type { DeathReason } from "@/lib/broker/message";
import { fingerprintOf } from "@/lib/broker/rules/fingerprint";

/** What of a death decides about its group. */
export interface DeathCause {
  readonly vhostId: number;
  readonly reason: DeathReason;
  /** The queue that it died in. */
  readonly originQueue: string;
  readonly errorType: string | null;
  readonly errorMessage: string | null;
}

/** The cause itself: without what changes from one letter to the next. */
export interface GroupCause {
  readonly errorType: string | null;
  readonly pattern: string;
}

/** What expired or had no room did not fail; an error in its headers is of an earlier death. */
const withoutError: ReadonlySet<DeathReason> = new Set(["expired", "maxlen"]);

/** The part of a group's identity that comes of the error. */
export function groupCauseOf({ reason, errorType, errorMessage }: DeathCause): GroupCause {
  if (withoutError.has(reason)) return { errorType: null, pattern: "" };
  return { errorType, pattern: fingerprintOf(errorMessage) };
}

/** The id of the group that a death belongs to: the same on every node, so that none has to ask for it. */
export function groupIdOf(death: DeathCause): string {
  const { errorType, pattern } = groupCauseOf(death);
  const identity = JSON.stringify([death.vhostId, death.originQueue, death.reason, errorType, pattern]);
  const hex = createHash("sha256").update(identity).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}
