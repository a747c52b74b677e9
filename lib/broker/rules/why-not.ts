import type { FieldTable, FieldValue } from "@/lib/broker/properties/field-value";
import type { BindingVerdict } from "@/lib/broker/requests";
import { classOf } from "@/lib/broker/rules/field-equality";
import { type HeadersPattern, headerMatches } from "@/lib/broker/rules/headers-match";
import { topicWords } from "@/lib/broker/rules/topic";

/** Why a binding didn't match: one clause in words, and the part of the binding that decided. */
export interface Clause {
  readonly why: string;
  readonly decidedBy: BindingVerdict["decidedBy"];
}

/** For a direct exchange. */
export function whyKeyDiffers(wanted: string, key: string): Clause {
  return { why: `the key is ${quoted(key)}, this wants ${quoted(wanted)}`, decidedBy: null };
}

/**
 * For a topic exchange and a key that doesn't match. Looks for the first word that differs where its place is certain:
 * before the first `#` counted from the left, after the last one counted from the right.
 */
export function whyTopicDiffers(pattern: string, key: string): Clause {
  const wanted = topicWords(pattern);
  const words = topicWords(key);
  const firstHash = wanted.indexOf("#");
  const head = firstHash < 0 ? wanted.length : firstHash;
  for (let i = 0; i < Math.min(head, words.length); i++) {
    if (!sameWord(wanted[i], words[i])) return wordDiffers(i, words[i], i, wanted[i]);
  }
  const least = wanted.filter((word) => word !== "#").length;
  if (firstHash < 0 || words.length < least) {
    const takes = firstHash < 0 ? "exactly" : "at least";
    return { why: `the key has ${countOf(words.length)}, this takes ${takes} ${least}`, decidedBy: null };
  }
  const tail = wanted.length - 1 - wanted.lastIndexOf("#");
  for (let back = 1; back <= tail; back++) {
    const at = words.length - back;
    const wantedAt = wanted.length - back;
    if (!sameWord(wanted[wantedAt], words[at])) return wordDiffers(at, words[at], wantedAt, wanted[wantedAt]);
  }
  return missingInTheMiddle(wanted, words, head);
}

/** Head and tail fit, so a word between two `#` is looked for in vain: the first that isn't found, going greedily. */
function missingInTheMiddle(wanted: readonly string[], words: readonly string[], head: number): Clause {
  let from = head;
  for (let i = head; i < wanted.length; i++) {
    const word = wanted[i] as string;
    if (word === "#") continue;
    const at = word === "*" ? from : words.indexOf(word, from);
    if (at < 0 || at >= words.length) {
      return { why: `there is no ${quoted(word)} where this wants one`, decidedBy: { word: i } };
    }
    from = at + 1;
  }
  return { why: "the words are not in the order that this wants", decidedBy: null };
}

/** For a headers exchange and headers that don't match. */
export function whyHeadersDiffer(pattern: HeadersPattern, headers: FieldTable): Clause {
  const [first, ...more] = pattern.wanted.filter((wanted) => !headerMatches(wanted, headers));
  if (!first)
    return { why: `it names no headers, and with x-match ${pattern.mode} that takes nothing`, decidedBy: null };
  if (pattern.mode.startsWith("any") && more.length > 0) {
    const names = pattern.wanted.map(({ name }) => quoted(name)).join(", ");
    return { why: `none of the headers ${names} is as this wants`, decidedBy: { header: first.name } };
  }
  const { name, value } = first;
  const given = headers.get(name);
  const wants = value.t === "V" ? "this wants it to be there" : `this wants ${wantedValue(value, given)}`;
  const is = given === undefined ? "is missing" : `is ${shown(given)} (${typeName(given)})`;
  return { why: `header ${quoted(name)} ${is}, ${wants}`, decidedBy: { header: name } };
}

function wantedValue(wanted: FieldValue, given: FieldValue | undefined): string {
  const told = given === undefined || typeName(given) === typeName(wanted);
  return told ? shown(wanted) : `${shown(wanted)} (${typeName(wanted)})`;
}

function shown(value: FieldValue): string {
  switch (value.t) {
    case "S":
      return typeof value.v === "string" ? quoted(shortened(value.v)) : `${value.v.length} bytes`;
    case "x":
      return `${value.v.length} bytes`;
    case "D":
      return String(value.v.unscaled / 10 ** value.v.scale);
    case "F":
      return `a table of ${value.v.size}`;
    case "A":
      return `a list of ${value.v.length}`;
    case "V":
      return "nothing";
    default:
      return String(value.v);
  }
}

function typeName(value: FieldValue): string {
  if (value.t === "S") return typeof value.v === "string" ? "string" : "bytes";
  if (value.t === "T") return "timestamp";
  return classOf(value);
}

function shortened(text: string): string {
  const most = 60;
  const characters = [...text];
  return characters.length > most ? `${characters.slice(0, most - 1).join("")}…` : text;
}

function wordDiffers(at: number, word: string | undefined, wantedAt: number, wanted: string | undefined): Clause {
  return {
    why: `word ${at + 1} is ${quoted(word ?? "")}, this wants ${quoted(wanted ?? "")}`,
    decidedBy: { word: wantedAt },
  };
}

function sameWord(wanted: string | undefined, word: string | undefined): boolean {
  return wanted === "*" || wanted === word;
}

function countOf(words: number): string {
  return words === 0 ? "no words" : words === 1 ? "1 word" : `${words} words`;
}

function quoted(text: string): string {
  return `“${text}”`;
}
