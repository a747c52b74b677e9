import type { DecisionKind, Review } from "@/lib/api-client/reviews";

export const decisionWords: Readonly<Record<DecisionKind, string>> = {
  retry: "retried",
  edit: "edited and sent again",
  forward: "forwarded",
  discard: "discarded",
  dead_letter: "dead-lettered",
};

export const reasonWords: Readonly<Record<Review["reason"], string>> = {
  rejected: "A consumer rejected it",
  expired: "It waited longer than its time to live",
  maxlen: "Its queue was full",
  delivery_limit: "It was delivered too often",
  timeout: "It was held too long without an acknowledgement",
  consumer_lost: "Its consumer was lost",
};

/** Why a message waits for a person, in one line: the error if one was left, else what its reason means. */
export function reviewTitle({ error, reason }: Pick<Review, "error" | "reason">): string {
  return [error.type, error.message].filter(Boolean).join(": ") || reasonWords[reason];
}
