"use client";

import { useEffect, useRef, useState } from "react";

const nobody: ReadonlySet<string> = new Set();

/** The ids that came since the view was first shown, for one second each: their rows are tinted. */
export function useArrivals(items: readonly { id: string }[], viewKey: string): ReadonlySet<string> {
  const known = useRef<{ key: string; ids: Set<string> }>({ key: viewKey, ids: new Set() });
  const [arrived, setArrived] = useState(nobody);

  useEffect(() => {
    const before = known.current;
    const first = before.key !== viewKey || before.ids.size === 0;
    const fresh = first ? [] : items.filter((item) => !before.ids.has(item.id)).map((item) => item.id);
    known.current = { key: viewKey, ids: first ? new Set() : before.ids };
    for (const item of items) known.current.ids.add(item.id);
    // A page of older rows that was loaded by scrolling is not an arrival.
    if (fresh.length === 0 || fresh.length > 20) return;
    setArrived(new Set(fresh));
    const timer = setTimeout(() => setArrived(nobody), 1000);
    return () => clearTimeout(timer);
  }, [items, viewKey]);

  return arrived;
}
