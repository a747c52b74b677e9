import type { Exchange } from "@/lib/api-client/exchanges";
import type { Queue } from "@/lib/api-client/queues";

/** A queue as the event stream tells of it: without the trend, which follows from the counts. */
export type QueueRow = Omit<Queue, "trend">;

/** Changed rows by vhost and name; null is a row that is gone. */
export type Changed<Row> = ReadonlyMap<string, Row | null>;

/** By what a queue or exchange is found among those of all vhosts. */
export function rowKey(vhost: string, name: string): string {
  return `${vhost}\0${name}`;
}

/** Length of a bucket of a queue's trend, in ms; as the server's. */
export const trendBucket = 20_000;

/**
 * A list of queues with what has changed. Rows that have not are the same objects, so that only those that have are
 * drawn again; new ones come last, since every list sorts for itself.
 * @param vhost the list's; null when it is of all
 */
export function mergeQueues(list: readonly Queue[], changed: Changed<QueueRow>, vhost: string | null): Queue[] {
  return merge(list, changed, vhost, (row, before) => {
    const points = before?.trend ?? [];
    return { ...row, trend: [...points.slice(0, -1), row.messages_ready] };
  });
}

/** The same for exchanges. */
export function mergeExchanges(list: readonly Exchange[], changed: Changed<Exchange>, vhost: string | null) {
  return merge(list, changed, vhost, (row) => row);
}

/** A new bucket of the trends begins: what is ready now was the end of the one before. */
export function shiftTrends(list: readonly Queue[]): Queue[] {
  return list.map((queue) => {
    const { trend, messages_ready: ready } = queue;
    // A queue at rest looks the same afterwards.
    if (trend.every((point) => point === ready)) return queue;
    return { ...queue, trend: [...trend.slice(1), ready] };
  });
}

function merge<Row extends { readonly vhost: string; readonly name: string }, New extends Omit<Row, "trend">>(
  list: readonly Row[],
  changed: Changed<New>,
  vhost: string | null,
  made: (row: New, before: Row | undefined) => Row,
): Row[] {
  const left = new Map(changed);
  const merged: Row[] = [];
  for (const before of list) {
    const key = rowKey(before.vhost, before.name);
    const row = left.get(key);
    left.delete(key);
    if (row === undefined) merged.push(before);
    else if (row !== null) merged.push(made(row, before));
  }
  for (const row of left.values()) {
    if (row !== null && (vhost === null || row.vhost === vhost)) merged.push(made(row, undefined));
  }
  return merged;
}
