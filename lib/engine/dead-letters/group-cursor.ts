import type { GroupOrder } from "@/lib/broker/dead-letter-groups";
import { BrokerError } from "@/lib/broker/errors";

interface Sorting {
  readonly sort: GroupOrder;
  readonly direction: "asc" | "desc";
}

export interface GroupKey {
  /** What the list is sorted by, as Postgres writes it. */
  readonly key: string;
  readonly id: string;
}

/** A cursor as callers carry it: the order that it belongs to, and the last group of the page. */
export function encodeGroupCursor({ sort, direction }: Sorting, { key, id }: GroupKey): string {
  return Buffer.from(JSON.stringify([sort, direction, key, id])).toString("base64url");
}

/** Throws `bad-request` for a cursor that no page gave out, or that belongs to another order. */
export function decodeGroupCursor({ sort, direction }: Sorting, cursor: string | undefined): GroupKey | null {
  if (cursor === undefined) return null;
  const [sorted, directed, key, id] = parsed(cursor);
  const sound = typeof key === "string" && typeof id === "string" && isKey(sort, key) && isUuid(id);
  if (!sound || sorted !== sort || directed !== direction) {
    throw new BrokerError("bad-request", "This cursor is not one of this list. Begin again without a cursor.", {
      cursor,
    });
  }
  return { key, id };
}

function parsed(cursor: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    return Array.isArray(value) ? value : [];
  } catch {
    // Not one of ours; the caller says so.
    return [];
  }
}

function isKey(sort: GroupOrder, key: string): boolean {
  if (sort === "count" || sort === "recent") return /^-?\d{1,16}$/.test(key);
  return /^\d{4,6}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d(:\d\d){0,2}$/.test(key);
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
