import type { Query, QueryClient, QueryKey } from "@tanstack/react-query";
import type { Exchange } from "@/lib/api-client/exchanges";
import { isFlowing, setFlowing } from "@/lib/api-client/live/flow";
import {
  type Changed,
  mergeExchanges,
  mergeQueues,
  type QueueRow,
  rowKey,
  shiftTrends,
  trendBucket,
} from "@/lib/api-client/live/rows";
import { openSource } from "@/lib/api-client/live/source";
import { Throttle } from "@/lib/api-client/live/throttle";
import { type Overview, overviewQuery } from "@/lib/api-client/overview";
import type { Queue } from "@/lib/api-client/queues";

interface Change {
  readonly kind: string;
  readonly action: string;
  readonly vhost: string | null;
  readonly name: string;
}

/** Questions that are asked again, at most so often (ms), when something that they are about has changed. */
const askAgainAfter = 1_000;
/** The same for lists of several pages; beyond so many pages they stand still. */
const askLongAgainAfter = 6_000;
const longList = 4;
/** Rows that change are put in place at most so often, in ms: a list of thousands is gone through and drawn each time. */
const mergeAfter = 250;
/** After a break of so long (ms) everything is polled again. */
const breakGrace = 3_000;
/** An answer may have been made before a change that was told while it was on its way: changes are kept so long, in ms. */
const recentFor = 15_000;
/** Questions that an event of this kind is about, where they aren't called by its plural. */
const aboutKind: Readonly<Record<string, readonly string[]>> = {
  job: ["jobs", "dead-letters", "dead-letter-groups", "trash"],
  group: ["dead-letter-groups", "dead-letters"],
  review: ["reviews"],
  policy: ["policies", "queues", "exchanges"],
  sample: ["sample"],
};

/**
 * Feeds the answers that the console keeps with what the server tells: rows of lists are put in place, other questions
 * about what has changed are asked again, and nothing is polled meanwhile.
 * @returns what ends it
 */
export function startFeed(client: QueryClient): () => void {
  const feed = new Feed(client);
  const stop = openSource("/api/events", {
    onEvent: (name, data) => feed.take(name, data),
    onFlow: (flowing) => feed.flow(flowing),
  });
  return () => {
    stop();
    feed.stop();
  };
}

class Feed {
  readonly #client: QueryClient;
  readonly #again = new Throttle(askAgainAfter);
  readonly #againLong = new Throttle(askLongAgainAfter);
  readonly #onceMore = new WeakSet<Query>();
  /** How many dead letters lie in which queue, as far as it was told. */
  readonly #dead = new Map<string, number>();
  readonly #merging = new Throttle(mergeAfter);
  #unmerged = new Map<string, QueueRow | null>();
  readonly #recentQueues = new Recent<QueueRow>();
  /** When rows of a virtual host were told of last. */
  readonly #movedAt = new Map<string, number>();
  readonly #recentExchanges = new Recent<Exchange>();
  readonly #asked = new WeakMap<object, number>();
  readonly #unsubscribe: () => void;
  #bucket = 0;
  #polling: ReturnType<typeof setTimeout> | undefined;

  constructor(client: QueryClient) {
    this.#client = client;
    this.#unsubscribe = client.getQueryCache().subscribe((event) => {
      if (event.type !== "updated") return;
      if (event.action.type === "fetch") this.#asked.set(event.query, Date.now());
      if (event.action.type === "success" && event.action.manual !== true) {
        this.#putRecent(event.query.queryKey, this.#asked.get(event.query) ?? 0);
        if (this.#onceMore.delete(event.query)) {
          const again = event.query;
          this.#again.run(again.queryHash, () => this.#askNow((query) => query === again));
        }
      }
    });
  }

  stop(): void {
    this.#unsubscribe();
    this.#merging.stop();
    this.#again.stop();
    this.#againLong.stop();
    clearTimeout(this.#polling);
    setFlowing(false);
  }

  flow(flowing: boolean): void {
    if (flowing === isFlowing()) return;
    setFlowing(flowing);
    clearTimeout(this.#polling);
    if (flowing || document.hidden) return;
    // Whether the server is lost is to be seen at once; a break of a moment is not worth asking everything.
    void this.#client.invalidateQueries({ queryKey: overviewQuery().queryKey, exact: true });
    this.#polling = setTimeout(() => void this.#client.invalidateQueries(), breakGrace);
  }

  take(name: string, data: unknown): void {
    const told = this.#handlers[name];
    if (told !== undefined) told(data);
  }

  // biome-ignore lint/suspicious/noExplicitAny: each event has data of its own shape, as lib/http/events renders it.
  readonly #handlers: Readonly<Record<string, (data: any) => void>> = {
    queues: (data: { queues: readonly QueueRow[] }) => this.#putQueues(data.queues),
    exchanges: (data: { exchanges: readonly Exchange[] }) => this.#putExchanges(data.exchanges),
    topology: (data: { changes: readonly Change[] }) => this.#topology(data.changes),
    presence: () => this.#ask("connections", "channels", "consumers"),
    overview: (data: (Overview & { readonly nodes: readonly unknown[] }) | null) => this.#overview(data),
    lifecycle: (data: { changes: readonly Change[] }) => {
      for (const { kind } of data.changes) this.#ask(...(aboutKind[kind] ?? [`${kind}s`]));
    },
    sampled: () => this.#sampled(),
    reset: () => void this.#client.invalidateQueries(),
  };

  /** Asks what is shown of these again. */
  #ask(...roots: readonly string[]): void {
    for (const root of roots) this.#askWhere(root, ([first]) => first === root);
  }

  /** Long lists are read anew page by page, so they are asked for more seldom, and very long ones not at all. */
  #askWhere(name: string, isMeant: (key: QueryKey, askedAt: number) => boolean): void {
    const meant = (query: Query) => isMeant(query.queryKey, this.#asked.get(query) ?? 0);
    this.#again.run(name, () => this.#askNow((query) => meant(query) && pagesOf(query) <= 1));
    this.#againLong.run(name, () =>
      this.#askNow((query) => meant(query) && pagesOf(query) > 1 && pagesOf(query) <= longList),
    );
  }

  /** What is being asked just now may be answered with what was before: it is asked once more afterwards. */
  #askNow(isMeant: (query: Query) => boolean): void {
    const cache = this.#client.getQueryCache();
    for (const query of cache.findAll({ predicate: isMeant, fetchStatus: "fetching" })) this.#onceMore.add(query);
    void this.#client.invalidateQueries({
      predicate: (query) => query.state.fetchStatus !== "fetching" && isMeant(query),
    });
  }

  /** A question that has to wait is not about the rows that it came with, but about all that moved since it was asked. */
  #putQueues(rows: readonly QueueRow[]): void {
    this.#mergeSoon(new Map(rows.map((row) => [rowKey(row.vhost, row.name), row])));
    const now = Date.now();
    for (const { vhost } of rows) this.#movedAt.set(vhost, now);
    const moved = (vhost: unknown, askedAt: number) =>
      vhost === null
        ? [...this.#movedAt.values()].some((at) => at >= askedAt)
        : (this.#movedAt.get(String(vhost)) ?? 0) >= askedAt;
    const rowMoved = (vhost: unknown, name: unknown, askedAt: number) =>
      this.#recentQueues.movedAt(rowKey(String(vhost), String(name))) >= askedAt;
    this.#askWhere("queues one", ([root, kind, vhost, name], askedAt) => {
      return root === "queues" && kind === "one" && rowMoved(vhost, name, askedAt);
    });
    this.#askWhere("messages", ([root, , vhost, queue], askedAt) => {
      if (root !== "messages") return false;
      return typeof queue === "string" ? rowMoved(vhost, queue, askedAt) : moved(vhost, askedAt);
    });
    this.#askWhere("queues counts", ([root, kind, vhost], askedAt) => {
      return root === "queues" && kind === "counts" && moved(vhost, askedAt);
    });
    this.#ask("trash");
    if (this.#deadMoved(rows)) this.#ask("dead-letters", "dead-letter-groups");
  }

  #deadMoved(rows: readonly QueueRow[]): boolean {
    let moved = false;
    for (const { vhost, name, dead_letters: dead } of rows) {
      const key = rowKey(vhost, name);
      if ((this.#dead.get(key) ?? 0) !== dead) moved = true;
      this.#dead.set(key, dead);
    }
    return moved;
  }

  #mergeSoon(changed: Changed<QueueRow>): void {
    this.#recentQueues.add(changed);
    for (const [key, row] of changed) this.#unmerged.set(key, row);
    this.#merging.run("queues", () => {
      const all = this.#unmerged;
      this.#unmerged = new Map();
      this.#mergeQueues(all);
    });
  }

  #mergeQueues(changed: Changed<QueueRow>): void {
    for (const [key, list] of this.#client.getQueriesData<readonly Queue[]>({ queryKey: ["queues", "list"] })) {
      if (list) this.#client.setQueryData(key, mergeQueues(list, changed, key[2] as string | null));
    }
  }

  #putExchanges(rows: readonly Exchange[]): void {
    const changed = new Map(rows.map((row) => [rowKey(row.vhost, row.name), row]));
    this.#recentExchanges.add(changed);
    this.#mergeExchanges(changed);
    for (const row of rows) {
      this.#client.setQueryData<Exchange>(["exchanges", "one", row.vhost, row.name], (before) => before && row);
    }
  }

  #mergeExchanges(changed: Changed<Exchange>): void {
    for (const [key, list] of this.#client.getQueriesData<readonly Exchange[]>({ queryKey: ["exchanges", "list"] })) {
      if (list) this.#client.setQueryData(key, mergeExchanges(list, changed, key[2] as string | null));
    }
  }

  #topology(changes: readonly Change[]): void {
    const gone = (kind: string) =>
      new Map(
        changes
          .filter((change) => change.kind === kind && change.action === "deleted")
          .map(({ vhost, name }) => [rowKey(vhost ?? "", name), null]),
      );
    const [queues, exchanges] = [gone("queue"), gone("exchange")];
    if (queues.size > 0) this.#mergeSoon(queues);
    if (exchanges.size > 0) {
      this.#recentExchanges.add(exchanges);
      this.#mergeExchanges(exchanges);
    }
    const touched = new Set(changes.map(({ kind }) => kind));
    // A queue that was made comes as a row; what is told in no event has to be asked for.
    const other = changes.length === 0 || touched.has("vhost") || touched.has("policy");
    if (other) this.#ask("queues", "policies");
    if (other || changes.some(({ kind, action }) => kind === "exchange" && action !== "deleted"))
      this.#ask("exchanges");
    if (touched.has("vhost")) this.#ask("vhosts");
    this.#ask("bindings", "topology", "route");
  }

  /** Null: it changed, and has to be asked for, since what is told to all is not what this user may see. */
  #overview(told: (Overview & { readonly nodes: readonly unknown[] }) | null): void {
    if (told === null) {
      this.#askWhere("overview", ([root, ...rest]) => root === "overview" && rest.length === 0);
      return;
    }
    const { nodes, ...overview } = told;
    this.#client.setQueryData(["overview"], { ...overview, nodes });
    this.#client.setQueryData(["nodes"], (before: unknown) => before && nodes);
  }

  #sampled(): void {
    this.#askWhere("samples", ([, kind]) => kind === "samples");
    const bucket = Math.floor(Date.now() / trendBucket);
    const [before, isNext] = [this.#bucket, bucket > this.#bucket];
    this.#bucket = bucket;
    if (before === 0 || !isNext) return;
    for (const [key, list] of this.#client.getQueriesData<readonly Queue[]>({ queryKey: ["queues", "list"] })) {
      if (list) this.#client.setQueryData(key, shiftTrends(list));
    }
  }

  /** An answer that was asked for before a change was told may be older than it. */
  #putRecent([root, kind]: QueryKey, askedAt: number): void {
    if (kind !== "list") return;
    if (root === "queues") this.#mergeQueuesIf(this.#recentQueues.since(askedAt));
    if (root === "exchanges") this.#mergeExchangesIf(this.#recentExchanges.since(askedAt));
  }

  #mergeQueuesIf(changed: Changed<QueueRow>): void {
    if (changed.size > 0) this.#mergeQueues(changed);
  }

  #mergeExchangesIf(changed: Changed<Exchange>): void {
    if (changed.size > 0) this.#mergeExchanges(changed);
  }
}

/** How many pages of a list in pages are loaded; 1 for any other answer. */
function pagesOf({ state: { data } }: Query): number {
  const pages = (data as { pages?: unknown } | undefined)?.pages;
  return Array.isArray(pages) ? pages.length : 1;
}

/** What was told lately, and when. */
class Recent<Row> {
  readonly #rows = new Map<string, { readonly row: Row | null; readonly at: number }>();
  #cleanedAt = 0;

  add(changed: Changed<Row>): void {
    const now = Date.now();
    for (const [key, row] of changed) this.#rows.set(key, { row, at: now });
    if (now - this.#cleanedAt < recentFor) return;
    this.#cleanedAt = now;
    for (const [key, { at }] of this.#rows) if (now - at > recentFor) this.#rows.delete(key);
  }

  /** When it was told of last; 0 when that was long ago, or never. */
  movedAt(key: string): number {
    return this.#rows.get(key)?.at ?? 0;
  }

  since(time: number): Map<string, Row | null> {
    return new Map([...this.#rows].filter(([, { at }]) => at >= time).map(([key, { row }]) => [key, row]));
  }
}
