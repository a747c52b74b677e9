/** When a message is to be delivered, as the form has it. */
export interface Delivery {
  readonly when: "now" | "after" | "at";
  /** For `after`. */
  readonly seconds: number;
  /** For `at`: local time as a browser's field has it, `2026-04-11T09:30`. */
  readonly time: string;
}

export const deliverNow: Delivery = { when: "now", seconds: 60, time: "" };

/** Ten years, the longest that Warren delays. */
export const mostSeconds = 315_360_000;

/** What keeps it from being sent; null for nothing. */
export function deliveryProblem({ when, time }: Delivery): string | null {
  if (when !== "at") return null;
  if (time === "") return "When? Choose a day and a time";
  return Number.isNaN(Date.parse(time)) ? "This is not a time" : null;
}

/** What is sent for it, by the names of the HTTP API. */
export function deliveryOptions({ when, seconds, time }: Delivery): { deliver_after?: number; deliver_at?: string } {
  if (when === "after") return { deliver_after: Math.round(seconds * 1000) };
  const at = when === "at" ? new Date(time) : null;
  return at === null || Number.isNaN(at.getTime()) ? {} : { deliver_at: at.toISOString() };
}

/** As it was kept, or now. */
export function parseDelivery(kept: unknown): Delivery {
  const { when, seconds, time } = (typeof kept === "object" && kept !== null ? kept : {}) as Record<string, unknown>;
  return {
    when: when === "after" || when === "at" ? when : "now",
    seconds: typeof seconds === "number" && seconds >= 0 && seconds <= mostSeconds ? seconds : deliverNow.seconds,
    time: typeof time === "string" ? time : "",
  };
}
