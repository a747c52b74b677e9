import type { Attempt } from "@/lib/broker/failures";
import type { EngineContext } from "@/lib/engine/context";
import { type FailureRow, failuresOfMessage } from "@/lib/engine/sql/failure";

const most = 1_000;

/** The failures of one message, oldest first. Throws `not-found` for the vhost. */
export async function listAttempts(context: EngineContext, vhost: string, messageId: number): Promise<Attempt[]> {
  const { vhost: record } = (await context.topology.fresh()).vhost(vhost);
  const rows = await failuresOfMessage(context.database.main, record.id, messageId, most);
  return rows.map((row) => attemptOf(row, vhost));
}

/** A row as the contract has it. */
export function attemptOf(row: FailureRow, vhost: string): Attempt {
  return {
    at: row.at,
    vhost,
    queue: row.queue,
    id: row.seq,
    messageId: row.message_id,
    number: row.attempt,
    reason: row.reason,
    holder: row.holder,
    heldSince: row.held_since,
    error: {
      ...(row.error_type !== null && { type: row.error_type }),
      ...(row.error_message !== null && { message: row.error_message }),
      ...(row.error_stack !== null && { stack: row.error_stack }),
    },
    outcome: row.outcome,
    policy: row.policy,
    detail: row.detail,
  };
}
