import { int4Array } from "@/lib/engine/sql/binary-arrays";
import type { Queryable } from "@/lib/engine/statement";

/**
 * Counts messages that were published and taken without acknowledgement, and never lay in their queues.
 * @param counts how many, by queue
 */
export async function queueDeltaTaken(db: Queryable, counts: ReadonlyMap<number, number>): Promise<void> {
  await db.query({ name: "queue_delta_taken", text: taken }, [
    int4Array([...counts.keys()]),
    int4Array([...counts.values()]),
  ]);
}

const taken = `
INSERT INTO warren.queue_delta (queue_id, publish, deliver_no_ack)
SELECT d.queue_id, d.count, d.count FROM unnest($1::int[], $2::int[]) AS d (queue_id, count)`;
