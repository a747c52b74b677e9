import type { DeathReason, DeathSummary } from "@/lib/broker/message";
import {
  emptyTable,
  type FieldTable,
  type FieldValue,
  integerOf,
  longString,
  textOf,
} from "@/lib/broker/properties/field-value";
import type { MessageProperties } from "@/lib/broker/properties/properties";
import type { FailureReport } from "@/lib/broker/requests";
import { failureHeaders, failureOf } from "@/lib/broker/rules/failure";
import { copiesIn } from "@/lib/broker/rules/router";

/** A message as it lay in the queue that it leaves as a dead letter. */
export interface Deceased {
  readonly exchange: string;
  readonly routingKey: string;
  readonly properties: MessageProperties;
}

export interface Death {
  readonly queue: string;
  readonly reason: DeathReason;
  readonly at: Date;
  /** `x-dead-letter-routing-key`; null keeps the message's own keys. */
  readonly deadLetterRoutingKey: string | null;
  /** What the worker that rejected it said. */
  readonly error?: FailureReport;
}

/** A dead letter, to be routed through the dead-letter exchange. */
export interface Letter {
  readonly routingKey: string;
  /** All keys to route by: the routing key, and those of a CC that stays. */
  readonly keys: readonly string[];
  readonly properties: MessageProperties;
}

/**
 * Makes a dead letter of a message (https://www.rabbitmq.com/docs/dlx#effects; rabbit_dead_letter:make_msg): its
 * `x-death` gains or counts up the entry of {queue, reason} and brings it to the front, `x-first-death-*` is written
 * once, `x-last-death-*` each time (RabbitMQ 4), `expiration` goes, and a dead-letter routing key replaces the keys
 * and removes CC. Times are in whole seconds, as AMQP has them.
 */
export function deadLetter(message: Deceased, death: Death): Letter {
  const { expiration, ...properties } = message.properties;
  const before = properties.headers ?? emptyTable;
  const headers = new Map(before);
  if (death.error) for (const [name, value] of failureHeaders(death.error)) setOrDelete(headers, name, value);
  if (!headers.has("x-first-death-reason")) setDeath(headers, "x-first-death", message, death);
  setDeath(headers, "x-last-death", message, death);
  headers.set("x-death", { t: "A", v: countDeath(grouped(deathsIn(before)), message, death, expiration) });
  if (death.deadLetterRoutingKey !== null) headers.delete("CC");
  const routingKey = death.deadLetterRoutingKey ?? message.routingKey;
  return { routingKey, keys: [routingKey, ...listedCopies(headers)], properties: { ...properties, headers } };
}

/**
 * Whether delivering the dead letter to `queue` would close a circle without anybody rejecting it on the way: such a
 * copy is dropped (https://www.rabbitmq.com/docs/dlx#cycles; rabbit_dead_letter:is_cycle).
 * @param headers those of the dead letter, with this death already counted
 */
export function isDeadLetterCycle(headers: FieldTable | undefined, queue: string, reason: DeathReason): boolean {
  if (reason === "rejected" || headers === undefined) return false;
  const deaths = listOf(headers.get("x-death"));
  const last = deaths.findIndex((death) => death.t === "F" && textOf(death.v.get("queue")) === queue);
  if (last < 0) return false;
  // Something that no broker wrote means that a client had a hand in it, so the circle isn't an automatic one.
  return deaths.slice(0, last + 1).every((death) => death.t === "F" && textOf(death.v.get("reason")) !== "rejected");
}

/**
 * What the dead-letter views say of a letter, from its own headers; null when it has none of RabbitMQ's.
 * @param at when it died, which is finer than the seconds in x-death
 */
export function deathSummary(headers: FieldTable | undefined, at: Date): DeathSummary | null {
  const deaths = deathsIn(headers ?? emptyTable);
  const latest = deaths[0];
  const reason = latest && textOf(latest.get("reason"));
  if (!latest || !isDeathReason(reason)) return null;
  const failure = failureOf(headers);
  return {
    reason,
    at,
    count: deaths.reduce((sum, death) => sum + countOf(death), 0),
    originQueue: textOf(latest.get("queue")) ?? "",
    originExchange: textOf(latest.get("exchange")) ?? "",
    originRoutingKey: textOf(listOf(latest.get("routing-keys"))[0]) ?? "",
    errorType: failure?.type ?? null,
    errorMessage: failure?.message ?? null,
    group: null,
  };
}

function isDeathReason(reason: string | undefined): reason is DeathReason {
  return reason === "rejected" || reason === "expired" || reason === "maxlen" || reason === "delivery_limit";
}

function countDeath(
  deaths: readonly FieldTable[],
  message: Deceased,
  death: Death,
  expiration: string | undefined,
): FieldValue[] {
  const same = (entry: FieldTable) =>
    textOf(entry.get("queue")) === death.queue && textOf(entry.get("reason")) === death.reason;
  const known = deaths.find(same);
  const entry = new Map<string, FieldValue>(known ?? firstDeath(message, death, expiration));
  if (known) entry.set("count", { t: "l", v: Number(integerOf(known.get("count")) ?? 0) + 1 });
  const others = deaths.filter((other) => !same(other));
  return [entry, ...others].map((table) => ({ t: "F", v: table }));
}

/**
 * One entry for each {queue, reason}: the first, with its count, or without one the number of entries. What wrote
 * `x-death` need not have been this broker (rabbit_dead_letter:group_by_queue_and_reason).
 */
function grouped(deaths: readonly FieldTable[]): readonly FieldTable[] {
  if (deaths.length < 2) return deaths;
  const groups = new Map<string, FieldTable[]>();
  for (const death of deaths) {
    const key = JSON.stringify([textOf(death.get("queue")), textOf(death.get("reason"))]);
    const group = groups.get(key);
    if (group) group.push(death);
    else groups.set(key, [death]);
  }
  return [...groups.values()].flatMap((group) =>
    group.slice(0, 1).map((first) => new Map(first).set("count", first.get("count") ?? { t: "l", v: group.length })),
  );
}

/** An entry without a count stands for one death. */
function countOf(death: FieldTable): number {
  return Number(integerOf(death.get("count")) ?? 1);
}

function firstDeath(message: Deceased, death: Death, expiration: string | undefined): [string, FieldValue][] {
  const keys = [message.routingKey, ...listedCopies(message.properties.headers ?? emptyTable)];
  return [
    ["count", { t: "l", v: 1 }],
    ["reason", longString(death.reason)],
    ["queue", longString(death.queue)],
    ["time", { t: "T", v: Math.floor(death.at.getTime() / 1000) }],
    ["exchange", longString(message.exchange)],
    ["routing-keys", { t: "A", v: keys.map(longString) }],
    ...(expiration === undefined ? [] : [["original-expiration", longString(expiration)] as [string, FieldValue]]),
  ];
}

function setDeath(headers: Map<string, FieldValue>, prefix: string, message: Deceased, death: Death): void {
  headers.set(`${prefix}-reason`, longString(death.reason));
  headers.set(`${prefix}-queue`, longString(death.queue));
  headers.set(`${prefix}-exchange`, longString(message.exchange));
}

function setOrDelete(headers: Map<string, FieldValue>, name: string, value: FieldValue | undefined): void {
  if (value === undefined) headers.delete(name);
  else headers.set(name, value);
}

function deathsIn(headers: FieldTable): readonly FieldTable[] {
  return listOf(headers.get("x-death")).flatMap((value) => (value.t === "F" ? [value.v] : []));
}

function listOf(value: FieldValue | undefined): readonly FieldValue[] {
  return value?.t === "A" ? value.v : [];
}

/** Keys in CC. One that isn't a list can't have been published; a dead letter is not the place to complain. */
function listedCopies(headers: FieldTable): readonly string[] {
  return headers.get("CC")?.t === "A" ? copiesIn(headers, "CC") : [];
}
