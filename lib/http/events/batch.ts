import type { BrokerEvent, Changes, PresenceKind } from "@/lib/broker/events";
import { exchangeJson, queueJson } from "@/lib/http/json/topology-json";

/** While nothing of it differs but its rates, which fall with each look for as long as they are measured, a row is told so seldom, in ms. */
const RATES_AFTER_MS = 5_000;

/** A queue or exchange as it is now, rendered once for all who look. */
export interface Rendered {
  readonly vhost: string;
  readonly json: string;
}

/** What changed since the batch before, in the form in which clients are told. */
export interface Batch {
  readonly position: string;
  /** False: everything has to be looked at anew. */
  readonly complete: boolean;
  readonly events: readonly BrokerEvent[];
  /** By vhost and name. */
  readonly queues: ReadonlyMap<string, Rendered>;
  readonly exchanges: ReadonlyMap<string, Rendered>;
  readonly presence: readonly PresenceKind[];
  /** Something of the topology changed, told in the events or not. */
  readonly topologyMoved: boolean;
  /** The charts have a new point. */
  readonly sampled: boolean;
  /** The whole broker as `GET /api/overview` gives it; null when it is as it was. */
  readonly overview: string | null;
}

const kindsOfTopology = new Set(["vhost", "exchange", "queue", "binding", "policy"]);
const kindsOfPresence = new Set(["connection", "channel", "consumer"]);

/** Under which name an event is sent. */
export function streamOf(event: BrokerEvent): "topology" | "presence" | "lifecycle" {
  if (kindsOfTopology.has(event.kind)) return "topology";
  return kindsOfPresence.has(event.kind) ? "presence" : "lifecycle";
}

/**
 * Renders changes. `before` are the queues and exchanges as they were told last: what is the same is left out.
 * @param now of performance.now()
 */
export function batchOf(changes: Changes, before: Before, now = performance.now()): Batch {
  const queues = rendered(changes.queues, (queue) => {
    // A sparkline changes with every count; who draws it has the other points already.
    const { trend, ...rest } = queueJson(queue);
    return rest;
  });
  const exchanges = rendered(changes.exchanges, exchangeJson);
  const told = { queues: toldOf(queues, before.queues, now), exchanges: toldOf(exchanges, before.exchanges, now) };
  const topologyMoved = before.topologyVersion !== null && before.topologyVersion !== changes.topologyVersion;
  const sampled = before.sampledAt !== null && before.sampledAt !== changes.sampledAt;
  const batch: Batch = {
    position: changes.position,
    complete: changes.complete,
    events: changes.events,
    queues: without(told.queues, before.queues),
    exchanges: without(told.exchanges, before.exchanges),
    presence: changes.presence,
    topologyMoved: topologyMoved || changes.events.some((event) => streamOf(event) === "topology"),
    sampled,
    overview: null,
  };
  // What has stood still for longer than changes are told again will differ from whatever it is next.
  Object.assign(before, told, versionsOf(changes));
  return batch;
}

/** A row as it was told last. */
interface Told extends Rendered {
  /** Without its rates. */
  readonly steady: string;
  /** By performance.now(). */
  readonly at: number;
}

/** What was told last, for telling only differences. */
export interface Before {
  queues: ReadonlyMap<string, Told>;
  exchanges: ReadonlyMap<string, Told>;
  topologyVersion: number | null;
  sampledAt: number | null;
}

/** What a client that has just come was told before: nothing. */
export function nothingBefore(): Before {
  return { queues: new Map(), exchanges: new Map(), topologyVersion: null, sampledAt: null };
}

function versionsOf({ topologyVersion, sampledAt }: Changes) {
  return { topologyVersion, sampledAt };
}

function rendered<T extends { readonly vhost: string; readonly name: string }>(
  things: readonly T[],
  toJson: (thing: T) => unknown,
): Map<string, Rendered> {
  return new Map(
    things.map((thing) => [
      JSON.stringify([thing.vhost, thing.name]),
      { vhost: thing.vhost, json: JSON.stringify(toJson(thing)) },
    ]),
  );
}

/** How each row is told from now on: as it is, or still as it was told last where that differs too little. */
function toldOf(
  rows: ReadonlyMap<string, Rendered>,
  before: ReadonlyMap<string, Told>,
  now: number,
): ReadonlyMap<string, Told> {
  return new Map(
    [...rows].map(([key, row]) => {
      const last = before.get(key);
      if (last?.json === row.json) return [key, last];
      const steady = row.json.replace(/"rate":[^,}]+/g, "");
      const isTold = last === undefined || last.steady !== steady || now - last.at >= RATES_AFTER_MS;
      return [key, isTold ? { ...row, steady, at: now } : last];
    }),
  );
}

function without(
  now: ReadonlyMap<string, Rendered>,
  before: ReadonlyMap<string, Rendered>,
): ReadonlyMap<string, Rendered> {
  return new Map([...now].filter(([key, row]) => before.get(key) !== row));
}
