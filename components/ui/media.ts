"use client";

import { useSyncExternalStore } from "react";

/** Whether a media query holds now. False on the server and in the first render. */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const list = matchMedia(query);
      list.addEventListener("change", changed);
      return () => list.removeEventListener("change", changed);
    },
    () => matchMedia(query).matches,
    () => false,
  );
}

/** Up to 640 px: one thing per screen, rows in two lines. */
export const usePhone = () => useMedia("(width <= 640px)");
