import type { Seen } from "@/test/conformance/side";

/**
 * A message as both sides must agree on it. Left out: the times of deaths, which are those of the two clocks; the order
 * of a table's members; and `x-last-death-*`, which RabbitMQ has since 4.0 only (see docs/compatibility.md).
 */
export function comparable(seen: Seen): unknown {
  return { ...seen, headers: plain(seen.headers, "") };
}

function plain(value: unknown, name: string): unknown {
  if (name === "time") return "a time";
  if (Array.isArray(value)) return value.map((item) => plain(item, ""));
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([member]) => !member.startsWith("x-last-death-"));
  return Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, plain(inner, key)]));
}
