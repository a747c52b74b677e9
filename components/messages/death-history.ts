import type { Message } from "@/lib/api-client/messages";

/** One entry of `x-death`: a queue where it died, why, how often, and when first. */
export interface DeathEntry {
  readonly queue: string;
  readonly reason: string;
  readonly count: number;
  readonly at: Date | null;
}

/**
 * The entries of a message's `x-death`, oldest first (the header has the newest first). What a stranger wrote there
 * and makes no sense is left out. https://www.rabbitmq.com/docs/dlx#effects
 */
export function deathsOf(message: Message): readonly DeathEntry[] {
  const header = message.properties.headers?.["x-death"];
  if (!Array.isArray(header)) return [];
  return header.flatMap((entry: unknown) => readEntry(entry) ?? []).reverse();
}

function readEntry(entry: unknown): DeathEntry | undefined {
  if (typeof entry !== "object" || entry === null) return undefined;
  const { queue, reason, count, time } = entry as Record<string, unknown>;
  if (typeof queue !== "string" || typeof reason !== "string") return undefined;
  return { queue, reason, count: countOf(count), at: timeOf(time) };
}

function countOf(count: unknown): number {
  const number = Number(typeof count === "object" && count !== null ? Object.values(count)[0] : count);
  return Number.isSafeInteger(number) && number > 0 ? number : 1;
}

/** Seconds since 1970, bare or as `{"!timestamp": seconds}`. */
function timeOf(time: unknown): Date | null {
  const seconds = typeof time === "object" && time !== null && "!timestamp" in time ? time["!timestamp"] : time;
  const date = new Date(Number(seconds) * 1000);
  return seconds === undefined || seconds === null || Number.isNaN(date.getTime()) ? null : date;
}

/** Headers in which workers and frameworks leave the stack of an error. */
const stackHeaders = [
  "x-error-stack",
  "x-exception-stacktrace",
  "MT-Fault-StackTrace",
  "NServiceBus.ExceptionInfo.StackTrace",
] as const;

/** The stack of the error that killed a message, and the header it stands in. */
export function stackOf(message: Message): { header: string; stack: string } | null {
  for (const header of stackHeaders) {
    const stack = message.properties.headers?.[header];
    if (typeof stack === "string" && stack !== "") return { header, stack };
  }
  return null;
}
