import type { Consumer } from "@/lib/api-client/connections";

export type Work = "busy" | "free" | "stuck" | "waits";

export interface ConsumerWork {
  readonly consumer: Consumer;
  readonly work: Work;
  /** Since when it has held what it has held for longest; null when it holds nothing. In ms since 1970. */
  readonly heldSince: number | null;
  /** How long messages of this queue usually take, in ms; null when none was finished lately. */
  readonly usualMs: number | null;
}

/** Held so many times as long as is usual, and at least so long (ms), a message may be stuck. */
const farLonger = 10;
const leastStuckMs = 30_000;
/** Where it is not known what is usual, e.g. because nothing was finished within the last minute. */
const unknownStuckMs = 120_000;

/** What each consumer is doing. That one is stuck is a guess: it holds a message far longer than its queue's others take. */
export function workOf(consumers: readonly Consumer[], now: number): ConsumerWork[] {
  const usual = new Map<string, number | null>();
  const usualOf = (consumer: Consumer) => {
    const queue = queueKey(consumer);
    const known = usual.get(queue);
    if (known !== undefined) return known;
    const found = usualDuration(consumers.filter((each) => queueKey(each) === queue));
    usual.set(queue, found);
    return found;
  };
  return consumers.map((consumer) => {
    const heldSince = consumer.holds[0]?.since ?? null;
    const usualMs = usualOf(consumer);
    return { consumer, heldSince, usualMs, work: workOfOne(consumer, heldSince, usualMs, now) };
  });
}

/** In words what the consumers of a queue are up to, and whether there is room: "4 busy, 1 probably stuck". */
export function summaryOf(all: readonly ConsumerWork[]): { readonly words: string; readonly noRoom: boolean } {
  const count = (work: Work) => all.filter((each) => each.work === work).length;
  const words = [
    [count("busy"), "busy"],
    [count("stuck"), "probably stuck"],
    [count("free"), "free"],
    [count("waits"), "waiting for a turn"],
  ] as const;
  const active = all.filter((each) => each.work !== "waits");
  return {
    words: words
      .filter(([many]) => many > 0)
      .map(([many, word]) => `${many} ${word}`)
      .join(", "),
    noRoom: active.length > 0 && active.every((each) => each.consumer.full),
  };
}

function workOfOne(consumer: Consumer, heldSince: number | null, usualMs: number | null, now: number): Work {
  if (!consumer.active) return "waits";
  if (heldSince === null) return "free";
  const longest = usualMs === null ? unknownStuckMs : Math.max(leastStuckMs, farLonger * usualMs);
  return now - heldSince > longest ? "stuck" : "busy";
}

/** The middle of how long finished messages took each. */
function usualDuration(consumers: readonly Consumer[]): number | null {
  const took = consumers.flatMap((each) => each.recent.map(({ from, to, count }) => (to - from) / count));
  return took.sort((a, b) => a - b)[Math.floor(took.length / 2)] ?? null;
}

function queueKey({ queue }: Consumer): string {
  return `${queue.vhost} ${queue.name}`;
}
