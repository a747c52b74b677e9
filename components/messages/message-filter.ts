import type { TreeHits } from "@/components/body/json-tree";
import { type Query, type Term, writeQuery } from "@/components/ui/filter/query";
import type { MessageState } from "@/lib/broker/message";
import { messageStates } from "@/lib/broker/message";

/** What messages can be searched by; those with a dot take any name or path after it. */
export const messageQualifiers = [
  "queue",
  "state",
  "reason",
  "origin",
  "error",
  "exchange",
  "key",
  "properties.",
  "headers.",
  "body.",
] as const;

/** A search, as the API takes it: the queue and state apart, the rest as typed. */
export interface MessageSearch {
  readonly queue: string | undefined;
  readonly state: MessageState | undefined;
  readonly q: string;
}

/** Takes a query apart. Where a qualifier stands twice, the last one counts. */
export function searchOf(query: Query): MessageSearch {
  const last = (name: string) => query.terms.findLast((term) => term.name === name)?.value;
  const state = messageStates.find((each) => each === last("state"));
  const rest = query.terms.filter((term) => term.name !== "queue" && term.name !== "state");
  return { queue: last("queue"), state, q: writeQuery({ terms: rest, text: query.text }) };
}

/** The query with one qualifier set to a value, or without it. */
export function withTerm(query: Query, name: string, value: string | null): Query {
  const terms: Term[] = query.terms.filter((term) => term.name !== name);
  return { ...query, terms: value === null ? terms : [...terms, { name, value }] };
}

/** What of a message is to be marked, since it was searched for. */
export interface Hits {
  readonly body: TreeHits;
  readonly headers: ReadonlyMap<string, string>;
  readonly words: readonly string[];
}

export function hitsOf(query: Query): Hits {
  const named = (prefix: string) =>
    new Map(
      query.terms
        .filter((term) => term.name.startsWith(prefix))
        .map((term) => [term.name.slice(prefix.length), term.value]),
    );
  const words = query.text.trim() === "" ? [] : [query.text.trim()];
  return { body: { words, fields: named("body.") }, headers: named("headers."), words };
}

const hints: readonly { insert: string; hint: string }[] = [
  { insert: "queue:", hint: "the queue it lies in" },
  ...messageStates.map((state) => ({ insert: `state:${state}`, hint: "state" })),
  { insert: "reason:", hint: "rejected, expired, maxlen, delivery_limit" },
  { insert: "origin:", hint: "the queue it died in" },
  { insert: "error:", hint: "type of the error" },
  { insert: "exchange:", hint: "published to" },
  { insert: "key:", hint: "the routing key" },
  { insert: "properties.", hint: "e.g. properties.message_id:42" },
  { insert: "headers.", hint: "e.g. headers.tenant:acme" },
  { insert: "body.", hint: "e.g. body.order.id:42" },
];
const reasons = ["rejected", "expired", "maxlen", "delivery_limit"];

/** What could stand for the word that is being typed. `queues` are names to offer after `queue:` and `origin:`. */
export function completeMessageWord(word: string, queues: readonly string[], names: readonly string[]) {
  if (word === "") return [];
  const [name = "", value] = word.split(":");
  if (value !== undefined) {
    const values = name === "queue" || name === "origin" ? queues : name === "reason" ? reasons : [];
    return values
      .filter((each) => each.toLowerCase().includes(value.toLowerCase()) && each !== value)
      .map((each) => ({ insert: `${name}:${/\s/.test(each) ? `"${each}"` : each}` }));
  }
  const known = names.map((each) => (each.endsWith(".") ? each : `${each}:`));
  return hints.filter(({ insert }) => insert.startsWith(word) && known.some((each) => insert.startsWith(each)));
}
