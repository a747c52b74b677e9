import { settingGet } from "@/lib/engine/sql/setting";
import type { Queryable } from "@/lib/engine/statement";

/** How long messages stay after the last queue has let go of them, to be searched and replayed. */
export interface Retention {
  readonly keptMs: number;
  /** Whatever their age, no more than so many bytes on the disk, indexes included. */
  readonly keptBytes: number;
}

/** The setting's name in `warren.setting`; its value is `{"ms": ..., "bytes": ...}`, of which either may be absent. */
const setting = "retention";

export const defaultRetention: Retention = { keptMs: 24 * 60 * 60 * 1000, keptBytes: 10 * 1024 ** 3 };

/** As it is set; what isn't set, or is no number from 0, is as by default. */
export async function readRetention(db: Queryable): Promise<Retention> {
  const value = (await settingGet(db, setting))?.value;
  const { ms, bytes } = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  return {
    keptMs: numberOr(defaultRetention.keptMs, ms),
    keptBytes: numberOr(defaultRetention.keptBytes, bytes),
  };
}

function numberOr(otherwise: number, value: unknown): number {
  return typeof value === "number" && value >= 0 ? value : otherwise;
}
