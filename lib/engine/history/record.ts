import { bucketOf, pack } from "@/lib/engine/history/packed";
import { historyInsert, type NewHistory } from "@/lib/engine/sql/history";
import { storable } from "@/lib/engine/sql/storable";
import type { Queryable } from "@/lib/engine/statement";

/** What the history says of copies that go into queues. */
export interface Trace {
  readonly kind: "dead_lettered" | "retried" | "moved" | "replayed" | "reviewed" | "delayed_ready";
  readonly by: string | null;
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** What is needed of a copy. */
interface Traced {
  readonly messageId: number;
  readonly placements: readonly { readonly queueId: number }[];
}

/** Notes in the transaction which copies came of which messages: one row for all alike. @param seqs of the copies */
export async function traceCopies(
  tx: Queryable,
  copies: readonly Traced[],
  seqs: readonly number[],
  trace: Trace,
): Promise<void> {
  const groups = new Map<string, { bucket: number; queueIds: number[]; ids: number[]; seqs: number[] }>();
  copies.forEach(({ messageId, placements }, index) => {
    const bucket = bucketOf(messageId);
    const queueIds = placements.map(({ queueId }) => queueId);
    const key = `${bucket} ${queueIds.join(",")}`;
    const group = groups.get(key) ?? { bucket, queueIds, ids: [], seqs: [] };
    groups.set(key, group);
    group.ids.push(messageId);
    group.seqs.push(seqs[index] ?? 0);
  });
  const rows = [...groups.values()].map(
    ({ bucket, queueIds, ids, seqs: numbers }): NewHistory => ({
      atMs: null,
      bucket,
      kind: trace.kind,
      queueId: queueIds.length === 1 ? (queueIds[0] ?? null) : null,
      by: trace.by === null ? null : storable(trace.by),
      detail: { ...trace.detail, queue_ids: queueIds },
      packed: pack(bucket, ids),
      copies: pack(0, numbers),
    }),
  );
  await historyInsert(tx, rows);
}
