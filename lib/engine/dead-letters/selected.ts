import type { Selection } from "@/lib/broker/requests";
import type { EngineContext } from "@/lib/engine/context";
import { deadLetterWalk, scopeOf } from "@/lib/engine/dead-letters/walk";
import { selectedBatches } from "@/lib/engine/move/selected";
import { type Tally, why } from "@/lib/engine/move/tally";
import type { ReadMessage } from "@/lib/engine/views/page";

/** The dead letters that a selection means, batch by batch; those that somebody holds are written off as skipped. */
export async function* selectedDeadLetters(
  context: EngineContext,
  vhost: string,
  selection: Selection,
  tally: Tally,
): AsyncGenerator<readonly ReadMessage[]> {
  const batches = selectedBatches(context, vhost, selection, tally, (topology, bound) => {
    const query = selection.kind === "all" ? { ...selection, vhost } : { vhost };
    return deadLetterWalk(scopeOf(topology, query), "oldest", bound);
  });
  for await (const batch of batches) {
    yield batch.filter(({ message }) => {
      if (message.death !== null && message.state !== "unacked") return true;
      tally.skip(message.queue, message.id, message.death === null ? why.notDead : why.held);
      return false;
    });
  }
}
