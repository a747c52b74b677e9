"use client";

import { useMemo, useRef, useState } from "react";

/**
 * Keeps rows where they are while `hold` is true (a selection, the pointer over the table): those that are
 * known stay in their order, those that are gone leave, and new ones wait and are counted.
 * `release` lets the waiting ones in, in the order that they would have.
 */
export function useHeldOrder<Item extends { id: string }>(
  items: readonly Item[],
  hold: boolean,
  orderKey: string,
): { items: readonly Item[]; waiting: number; release: () => void } {
  const kept = useRef<{ key: string; ids: readonly string[] }>({ key: "", ids: [] });
  const [released, setReleased] = useState(0);
  const lastReleased = useRef(0);

  const result = useMemo(() => {
    const byId = new Map(items.map((item) => [item.id, item]));
    const asked = lastReleased.current !== released;
    lastReleased.current = released;
    if (!hold || asked || kept.current.key !== orderKey || kept.current.ids.length === 0) {
      kept.current = { key: orderKey, ids: items.map((item) => item.id) };
      return { items, waiting: 0 };
    }
    const held = kept.current.ids.flatMap((id) => byId.get(id) ?? []);
    return { items: held, waiting: items.length - held.length };
  }, [items, hold, orderKey, released]);

  return { ...result, release: () => setReleased((count) => count + 1) };
}
