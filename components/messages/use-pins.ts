"use client";

import { parseAsArrayOf, parseAsString, useQueryState } from "nuqs";
import { useCallback, useMemo } from "react";
import type { Pins } from "@/components/body/json-tree";
import { useRemembered } from "@/components/ui/remembered";

const parsePins = parseAsArrayOf(parseAsString);
const none: readonly string[] = [];

/**
 * The fields of bodies that are columns of a list: from the URL if it names some, else what this browser last had
 * for this list. Both are written when one is pinned.
 * @param list names the list, e.g. its vhost and queue
 */
export function usePins(list: string): Pins {
  const [inUrl, setInUrl] = useQueryState("pins", parsePins);
  const [kept, setKept] = useRemembered<readonly string[]>(`pins.${list}`, none);
  const pinned = inUrl ?? kept;
  const toggle = useCallback(
    (path: string) => {
      const next = pinned.includes(path) ? pinned.filter((each) => each !== path) : [...pinned, path].slice(-6);
      setKept(next);
      void setInUrl(next.length === 0 ? null : next);
    },
    [pinned, setKept, setInUrl],
  );
  return useMemo(() => ({ pinned, toggle }), [pinned, toggle]);
}
