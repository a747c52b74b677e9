import { type DeathReason, deathReasons, type MessageState, messageStates } from "@/lib/broker/message";
import type { MessageFilter } from "@/lib/broker/requests";

/** What a line of search text asks for. */
export interface SearchQuery {
  /** `queue:`; the queue that is looked into (or, among dead letters, the one they died in: the caller knows). */
  readonly queue: string | null;
  /** `state:`, any number of them. */
  readonly states: readonly MessageState[];
  readonly filter: MessageFilter;
  /** Terms that can't be meant, each with a clause that says why; they are left out of the filter. */
  readonly problems: readonly { readonly term: string; readonly why: string }[];
}

/** A qualifier is known by name, so that `http://x` and `10:30` stay the text that they are. */
const qualifiers = ["queue", "state", "reason", "error", "origin", "key", "exchange"] as const;
type Qualifier = (typeof qualifiers)[number];
const roots = ["headers.", "body.", "properties."];

interface Draft {
  queue: string | null;
  states: MessageState[];
  filter: { -readonly [K in keyof MessageFilter]: MessageFilter[K] };
  fields: { path: string; value: string }[];
  words: string[];
  problems: { term: string; why: string }[];
}

/**
 * Reads a line such as `queue:orders headers.tenant:acme body.order.id:42 "no stock"`. Terms are parted by spaces;
 * double quotes hold a term or a value together. Words without a qualifier are looked for as one text, as typed.
 */
export function parseSearchText(line: string): SearchQuery {
  const draft: Draft = { queue: null, states: [], filter: {}, fields: [], words: [], problems: [] };
  for (const term of termsOf(line)) read(term, draft);
  if (draft.fields.length > 0) draft.filter.fields = draft.fields;
  if (draft.words.length > 0) draft.filter.text = draft.words.join(" ");
  return { queue: draft.queue, states: draft.states, filter: draft.filter, problems: draft.problems };
}

interface Term {
  readonly typed: string;
  /** What stands before the colon; null for plain text. */
  readonly name: string | null;
  readonly value: string;
}

function termsOf(line: string): Term[] {
  // A name and a colon, or neither; then a value in quotes, the last of which may be missing while it is typed, or bare.
  const pattern = /(?:([^\s":]+):)?"((?:[^"\\]|\\.)*)(?:"(?=\s|$)|\\?$)|(?:([^\s":]+):)?(\S+)/g;
  return [...line.matchAll(pattern)].map(([typed, nameOfQuoted, inQuotes, nameOfBare, bare]) => {
    const name = nameOfQuoted ?? nameOfBare;
    const value = inQuotes === undefined ? (bare ?? "") : inQuotes.replace(/\\(.)/g, "$1");
    return name !== undefined && isQualifier(name) ? { typed, name, value } : plainTerm(typed, name, inQuotes, value);
  });
}

function plainTerm(typed: string, name: string | undefined, inQuotes: string | undefined, value: string): Term {
  return { typed, name: null, value: name === undefined && inQuotes !== undefined ? value : typed };
}

function isQualifier(name: string): boolean {
  return qualifiers.some((known) => known === name) || roots.some((root) => name.startsWith(root) && name !== root);
}

function read({ typed, name, value }: Term, draft: Draft): void {
  if (name === null) {
    // `queue:` with nothing behind it is a search still being typed.
    if (!(typed.endsWith(":") && isQualifier(typed.slice(0, -1)))) draft.words.push(value);
    return;
  }
  if (roots.some((root) => name.startsWith(root))) {
    draft.fields.push({ path: name, value });
    return;
  }
  readQualifier(name as Qualifier, typed, value, draft);
}

function readQualifier(name: Qualifier, typed: string, value: string, draft: Draft): void {
  switch (name) {
    case "queue":
      draft.queue = value;
      return;
    case "origin":
      draft.filter.originQueue = value;
      return;
    case "error":
      draft.filter.errorType = value;
      return;
    case "key":
      draft.filter.routingKey = value;
      return;
    case "exchange":
      draft.filter.exchange = value;
      return;
    case "state": {
      const state = oneOf(messageStates, value);
      if (state) draft.states.push(state);
      else draft.problems.push({ term: typed, why: `a state is one of ${messageStates.join(", ")}` });
      return;
    }
    case "reason": {
      const reason: DeathReason | undefined = oneOf(deathReasons, value);
      if (reason) draft.filter.reason = reason;
      else draft.problems.push({ term: typed, why: `a reason is one of ${deathReasons.join(", ")}` });
      return;
    }
  }
}

function oneOf<T extends string>(values: readonly T[], given: string): T | undefined {
  return values.find((value) => value === given.toLowerCase());
}
