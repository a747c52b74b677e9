import type { Duty } from "@/lib/engine/duties/duty";
import { leftoverDelete, nodeExpire } from "@/lib/engine/sql/leftover";
import { trashBatchExpire, trashExpireChunk } from "@/lib/engine/sql/trash";

/** So many messages go in one statement, so that none runs long. */
const CHUNK = 5_000;

/** Deletes what has been in the trash for its time. */
export const expiredTrash: Duty = {
  name: "expired trash",
  everyMs: 60_000,
  run: async ({ database }) => {
    if ((await trashExpireChunk(database.main, CHUNK)) > 0) return true;
    await trashBatchExpire(database.main);
    return false;
  },
};

/** Deletes what deleted exchanges left behind, and processes that have been gone for a day. */
export const leftovers: Duty = {
  name: "leftovers",
  everyMs: 600_000,
  run: async ({ database }) => {
    await leftoverDelete(database.main);
    await nodeExpire(database.main);
    return false;
  },
};
