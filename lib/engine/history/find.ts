import { decodeProperties } from "@/lib/broker/properties/properties";
import type { TimelineQuery } from "@/lib/broker/timeline";
import type { EngineContext } from "@/lib/engine/context";
import { beginReading } from "@/lib/engine/sql/entry-scan";
import { type StoredRow, storedPartitions, storedSearch } from "@/lib/engine/sql/timeline";

/** So many messages are shown. */
const most = 20;
/** Numbers that are looked at in one statement; copies have some of them, so it is at most as many messages. */
const step = 100_000;
/** The search ends after so long, in ms, whatever it has found. */
const budgetMs = 3_000;
const statementTimeoutMs = 5_000;

export interface Found {
  readonly rows: readonly StoredRow[];
  readonly complete: boolean;
  readonly searchedBackTo: Date | null;
}

/**
 * Looks for messages by a property, newest first, in all that are retained, within a limit of time. Properties have no index: it
 * would cost every publish what few searches need.
 */
export async function findByProperty(
  context: EngineContext,
  vhostId: number,
  { property, value }: Extract<TimelineQuery, { property: unknown }>,
): Promise<Found> {
  const deadline = Date.now() + budgetMs;
  const needle = shortString(value);
  const rows: StoredRow[] = [];
  let searchedBackTo: Date | null = null;
  for (const { number, last } of await storedPartitions(context.database.main)) {
    const first = number * 2 ** 32;
    for (let to = last + 1; to > first; to -= step) {
      if (Date.now() > deadline || rows.length >= most) return { rows, complete: false, searchedBackTo };
      const search = { vhostId, needle, from: Math.max(first, to - step), to, limit: most };
      const found = await context.database.main.transaction(async (tx) => {
        const [, part] = await Promise.all([beginReading(tx, statementTimeoutMs), storedSearch(tx, search)]);
        return part;
      });
      for (const row of found.rows) if (propertyOf(row, property) === value && rows.length < most) rows.push(row);
      searchedBackTo = found.since ?? searchedBackTo;
    }
  }
  return { rows, complete: true, searchedBackTo };
}

function propertyOf({ properties }: StoredRow, property: "message_id" | "correlation_id"): string | undefined {
  const { messageId, correlationId } = decodeProperties(properties);
  return property === "message_id" ? messageId : correlationId;
}

/** As AMQP writes it: its length and its bytes. */
function shortString(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length & 0xff]), bytes]);
}
