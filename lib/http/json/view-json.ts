import type { SavedView } from "@/generated/prisma/client";

/** A saved view of a list; the page's address is `/{page}?{search}`. */
export function viewJson({ id, page, name, search, createdAt }: SavedView) {
  return { id, page, name, search, created_at: createdAt.toISOString() };
}
export type ViewJson = ReturnType<typeof viewJson>;
