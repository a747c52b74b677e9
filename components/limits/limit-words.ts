import type { Limited, LimitKind, LimitName } from "@/lib/api-client/limits";
import { formatCount } from "@/lib/format/numbers";

interface LimitWords {
  readonly name: LimitName;
  /** What is limited. */
  readonly label: string;
}

const words: Readonly<Record<LimitKind, readonly LimitWords[]>> = {
  vhost: [
    { name: "max-connections", label: "Connections" },
    { name: "max-queues", label: "Queues" },
  ],
  user: [
    { name: "max-connections", label: "Connections" },
    { name: "max-channels", label: "Channels" },
  ],
};

/** The limits that there are of this kind. */
export function limitsOf(kind: LimitKind): readonly LimitWords[] {
  return words[kind];
}

/** Null is none; -1 is RabbitMQ's word for it. */
export function limitIn({ limits }: Limited, name: LimitName): number | null {
  const value = limits[name] ?? -1;
  return value < 0 ? null : value;
}

/** Whether the next one would be refused. */
export function isReached(of: Limited, name: LimitName): boolean {
  const limit = limitIn(of, name);
  return limit !== null && (of.now[name] ?? 0) >= limit;
}

/** "3 of 10", "at most 10", "3, no limit". */
export function limitWords(of: Limited, name: LimitName): string {
  const [limit, now] = [limitIn(of, name), of.now[name]];
  if (limit === null) return now === undefined ? "no limit" : `${formatCount(now)}, no limit`;
  return now === undefined ? `at most ${formatCount(limit)}` : `${formatCount(now)} of ${formatCount(limit)}`;
}
