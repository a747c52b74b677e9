import type { EngineContext } from "@/lib/engine/context";
import { failureExpireChunk } from "@/lib/engine/sql/failure";
import { reviewExpireChunk } from "@/lib/engine/sql/review";

/** So many rows go in one statement, so that none runs long. */
const CHUNK = 5_000;
/** How long decided reviews can be looked at. */
const reviewDays = 30;

/** Forgets failures whose message is gone, and reviews that were decided long ago. */
export async function expireFailures(context: EngineContext): Promise<void> {
  const { main } = context.database;
  while ((await failureExpireChunk(main, CHUNK)) === CHUNK);
  while ((await reviewExpireChunk(main, reviewDays, CHUNK)) === CHUNK);
}
