import { BrokerError } from "@/lib/broker/errors";
import type { Selection } from "@/lib/broker/requests";
import type { EngineContext } from "@/lib/engine/context";
import { isJudgedByScope, scopeOf } from "@/lib/engine/dead-letters/walk";
import { deadLetterCount } from "@/lib/engine/sql/dead-letter-list";

/** So many dead letters go in one call; more are a job's work. */
const MOST_AT_ONCE = 10_000;

/**
 * Throws `bad-request` when a call that waits for its end would take too long. Where messages have to be read to know
 * how many match, it goes as far as it goes.
 */
export async function mustBeFew(context: EngineContext, vhost: string, selection: Selection): Promise<void> {
  if (selection.kind === "messages" || !isJudgedByScope(selection.filter)) return;
  const scope = scopeOf(await context.topology.fresh(), { ...selection, vhost });
  const count = await deadLetterCount(context.database.main, scope);
  if (count <= MOST_AT_ONCE) return;
  throw new BrokerError(
    "bad-request",
    `${count} dead letters are too many for one call, which takes ${MOST_AT_ONCE}. Start a job (POST /api/jobs): it ` +
      "shows its progress, and can be paused and cancelled.",
    { count, most: MOST_AT_ONCE },
  );
}
