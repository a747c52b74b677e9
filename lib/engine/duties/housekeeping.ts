import type { EngineContext } from "@/lib/engine/context";
import { expireDeduplicationIds } from "@/lib/engine/sql/deduplication";
import { eventExpire } from "@/lib/engine/sql/event";
import { leftoverDeleteChunk, leftoverDeleteSmall, nodeExpire } from "@/lib/engine/sql/leftover";
import { presenceExpire } from "@/lib/engine/sql/presence";
import { trashBatchExpire, trashExpireChunk, trashOrphanChunk } from "@/lib/engine/sql/trash";
import { EVENTS_KEPT_MS } from "@/lib/engine/views/changes";

/** So many rows go in one statement, so that none runs long. */
const CHUNK = 5_000;

/** Forgets deduplication ids whose window has ended. */
export async function expireDeduplication(context: EngineContext): Promise<void> {
  while ((await expireDeduplicationIds(context.database.relaxed, CHUNK)) === CHUNK);
}

/** Forgets what live pages were told long ago. */
export async function expireEvents(context: EngineContext): Promise<void> {
  await eventExpire(context.database.relaxed, EVENTS_KEPT_MS);
}

/** Deletes what has been in the trash for its time. */
export async function expireTrash(context: EngineContext): Promise<void> {
  const { main } = context.database;
  while ((await trashExpireChunk(main, CHUNK)) > 0);
  while ((await trashOrphanChunk(main, CHUNK)) > 0);
  await trashBatchExpire(main);
}

/** Deletes what deleted queues and exchanges left behind, and processes that have been gone for a day. */
export async function sweepLeftovers(context: EngineContext): Promise<void> {
  const { relaxed } = context.database;
  while ((await leftoverDeleteChunk(relaxed, CHUNK)) > 0);
  await leftoverDeleteSmall(relaxed);
  await nodeExpire(relaxed);
  await presenceExpire(relaxed);
}
