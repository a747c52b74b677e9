import type { EngineContext } from "@/lib/engine/context";
import { groupIdOf } from "@/lib/engine/dead-lettering/group";
import type { Duty } from "@/lib/engine/duties/duty";
import { groupExpire, groupFold, groupFoldTryLock, groupLetters, ungroupedLetters } from "@/lib/engine/sql/dead-group";

/** A group that nobody wrote anything about is forgotten so long after its last death. */
const KEPT_DAYS = 30;
const LETTERS_AT_ONCE = 1_000;

/** Folds what came and went into the groups' counters; when somebody else is just doing so, there is nothing to wait for. */
export async function foldGroups(context: EngineContext): Promise<void> {
  await context.database.relaxed.transaction(async (tx) => {
    if (await groupFoldTryLock(tx)) await groupFold(tx);
  });
}

/** Gives the dead letters of an older data directory their groups. */
export const groupOldLetters: Duty = {
  name: "groups of old dead letters",
  everyMs: 60_000,
  run: async (context) => {
    const rows = await ungroupedLetters(context.database.main, LETTERS_AT_ONCE);
    if (rows.length === 0) return false;
    const letters = rows.map((row) => {
      const death = {
        vhostId: row.vhost_id,
        reason: row.reason,
        originQueue: row.origin_queue,
        errorType: row.error_type,
        errorMessage: row.error_message,
      };
      return { ...row, ...death, groupId: groupIdOf(death) };
    });
    await context.groups.ensure(letters);
    await groupLetters(context.database.main, letters);
    return rows.length === LETTERS_AT_ONCE;
  },
};

/** Forgets what is over. */
export async function expireGroups(context: EngineContext): Promise<void> {
  await groupExpire(context.database.main, KEPT_DAYS);
}
