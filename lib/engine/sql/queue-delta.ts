import { int4Array } from "@/lib/engine/sql/binary-arrays";
import type { Queryable } from "@/lib/engine/statement";

/** Messages that were published, delivered and done with, and never lay in their queue. */
export interface Passed {
  /** Taken without acknowledgement. */
  readonly taken: number;
  readonly acknowledged: number;
}

/** @param counts how many, by queue */
export async function queueDeltaPassed(db: Queryable, counts: ReadonlyMap<number, Passed>): Promise<void> {
  const numbers = [...counts.values()];
  await db.query({ name: "queue_delta_passed", text: passed }, [
    int4Array([...counts.keys()]),
    int4Array(numbers.map(({ taken }) => taken)),
    int4Array(numbers.map(({ acknowledged }) => acknowledged)),
  ]);
}

const passed = `
INSERT INTO warren.queue_delta (queue_id, publish, deliver_no_ack, deliver, ack)
SELECT d.queue_id, d.taken + d.acknowledged, d.taken, d.acknowledged, d.acknowledged
FROM unnest($1::int[], $2::int[], $3::int[]) AS d (queue_id, taken, acknowledged)`;
