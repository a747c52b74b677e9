import type { Policy } from "@/lib/api-client/policies";
import { formatCount } from "@/lib/format/numbers";

/** What the two kinds are called. */
export const called = { user: "policy", operator: "operator policy" } as const;

/** A setting's value in one line; numbers as everywhere, `86,400,000`. */
export function valueWords(value: unknown): string {
  if (typeof value === "number") return formatCount(value);
  return typeof value === "string" && value !== "" ? value : JSON.stringify(value);
}

/** The settings by their names: the database keeps them in an order of its own. */
export function settingsInOrder(definition: Policy["definition"]): [string, unknown][] {
  return Object.entries(definition).sort(([one], [other]) => (one < other ? -1 : 1));
}

/** Settings in one line: `max-length 100, overflow drop-head`. */
export function definitionWords(definition: Policy["definition"]): string {
  return settingsInOrder(definition)
    .map(([name, value]) => `${name} ${valueWords(value)}`)
    .join(", ");
}
