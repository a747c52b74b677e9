import type { Actor } from "@/lib/broker/actor";

/** Something that somebody did, or was not let do. */
export interface AuditLine {
  readonly actor: Actor;
  /** Noun and verb, e.g. `queue.purge`. */
  readonly action: string;
  readonly vhost: string | null;
  /** What it was done to. */
  readonly target: string;
  /** Facts such as counts; never bodies or secrets. */
  readonly detail: Readonly<Record<string, unknown>>;
  readonly outcome: "done" | "refused" | "failed";
}
