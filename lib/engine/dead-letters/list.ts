import type { DeadLetter, Page } from "@/lib/broker/message";
import type { DeadLetterQuery } from "@/lib/broker/requests";
import type { EngineContext } from "@/lib/engine/context";
import { deadLetterWalk, isJudgedByScope, scopeOf } from "@/lib/engine/dead-letters/walk";
import { deadLetterCount } from "@/lib/engine/sql/dead-letter-list";
import { readPage } from "@/lib/engine/views/page";
import { checkLimits } from "@/lib/engine/views/peek";
import { deadLetterOf } from "@/lib/engine/views/peeked";

/** A page of dead letters, wherever they lie and whoever holds them. Takes no locks and changes nothing. */
export async function listDeadLetters(context: EngineContext, query: DeadLetterQuery): Promise<Page<DeadLetter>> {
  checkLimits(query);
  const topology = await context.topology.fresh();
  const walk = deadLetterWalk(scopeOf(topology, query), query.order);
  const page = await readPage(context, topology, walk, query);
  return { items: page.items.flatMap(({ message }) => deadLetterOf(message) ?? []), next: page.next };
}

/** Exact count of what `listDeadLetters` would list. Only a filter that looks into messages has them all read. */
export async function countDeadLetters(
  context: EngineContext,
  query: Pick<DeadLetterQuery, "vhost" | "queue" | "filter">,
): Promise<number> {
  const topology = await context.topology.fresh();
  const scope = scopeOf(topology, query);
  if (isJudgedByScope(query.filter)) return deadLetterCount(context.database.main, scope);
  const walk = deadLetterWalk(scope, "oldest");
  let count = 0;
  let cursor: string | null | undefined;
  do {
    const page = await readPage(context, topology, walk, {
      limit: 1_000,
      bodyLimit: 0,
      ...(query.filter && { filter: query.filter }),
      ...(cursor && { cursor }),
    });
    count += page.items.length;
    cursor = page.next;
  } while (cursor !== null);
  return count;
}
