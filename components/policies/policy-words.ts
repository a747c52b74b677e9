import type { Policy } from "@/lib/api-client/policies";

/** What the two kinds are called. */
export const called = { user: "policy", operator: "operator policy" } as const;

/** A setting's value in one line. */
export function valueWords(value: unknown): string {
  return typeof value === "string" && value !== "" ? value : JSON.stringify(value);
}

/** Settings in one line: `max-length 100, overflow drop-head`. */
export function definitionWords(definition: Policy["definition"]): string {
  return Object.entries(definition)
    .map(([name, value]) => `${name} ${valueWords(value)}`)
    .join(", ");
}
