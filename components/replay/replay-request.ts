import { type Pace, paceRequest } from "@/components/jobs/canary-fields";
import { type DestinationChoice, destinationOf } from "@/components/messages/destination-fields";
import type { JobRequest } from "@/lib/api-client/jobs";

export const spans = ["10m", "1h", "8h", "24h", "own"] as const;
export type Span = (typeof spans)[number];
export const spanWords: Readonly<Record<Span, string>> = {
  "10m": "10 min",
  "1h": "1 hour",
  "8h": "8 hours",
  "24h": "1 day",
  own: "From, to",
};
const spanMs: Readonly<Record<Exclude<Span, "own">, number>> = {
  "10m": 600_000,
  "1h": 3_600_000,
  "8h": 28_800_000,
  "24h": 86_400_000,
};

/** What a replay is of, as the form holds it. */
export interface ReplaySource {
  readonly from: "queue" | "exchange" | "all";
  readonly queue: string | null;
  readonly exchange: string | null;
  readonly span: Span;
  readonly since: Date | null;
  readonly until: Date | null;
  readonly q: string;
  readonly waiting: boolean;
  readonly mark: boolean;
}

export const initialSource: ReplaySource = {
  from: "queue",
  queue: null,
  exchange: null,
  span: "1h",
  since: null,
  until: null,
  q: "",
  waiting: false,
  mark: true,
};

/** What is still missing before anything can be looked for. */
export function missingSource({ from, queue, exchange, span, since, until }: ReplaySource): string | undefined {
  if (from === "queue" && queue === null) return "Choose the queue whose messages are to come again";
  if (from === "exchange" && exchange === null) return "Choose the exchange whose messages are to come again";
  if (span === "own" && since === null && until === null) return "Say from when or until when";
  if (span === "own" && since !== null && until !== null && since >= until) return "From has to be before to";
  return undefined;
}

/**
 * The part that says which messages; null while something is missing.
 * @param now the end of a span such as "1 hour"
 */
export function sourceRequest(vhost: string, form: ReplaySource, now: Date): JobRequest | null {
  if (missingSource(form) !== undefined) return null;
  const since = form.span === "own" ? form.since : new Date(now.getTime() - spanMs[form.span]);
  const until = form.span === "own" ? form.until : now;
  return {
    kind: "replay",
    vhost,
    source:
      form.from === "queue"
        ? { queue: form.queue ?? "" }
        : form.from === "exchange"
          ? { exchange: form.exchange ?? "" }
          : {},
    ...(since !== null && { since: since.toISOString() }),
    ...(until !== null && { until: until.toISOString() }),
    ...(form.q !== "" && { q: form.q }),
    ...(form.waiting && { include_waiting: true }),
    ...(form.mark && { mark_time: true }),
  };
}

/** The whole request of the job. */
export function replayRequest(source: JobRequest, choice: DestinationChoice, pace: Pace): JobRequest {
  const to = destinationOf(choice);
  return { ...source, ...paceRequest(pace), ...(to && { to }) } as JobRequest;
}
