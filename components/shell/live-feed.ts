"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

/**
 * Keeps the console's answers up to date with what the server tells. Belongs into the frame: it begins when React has
 * taken the frame over, and not before, or the frame could differ from what the server sent.
 */
export function useLiveFeed(): void {
  const client = useQueryClient();
  useEffect(() => {
    let stop = () => {};
    let left = false;
    let retry: ReturnType<typeof setTimeout> | undefined;
    // Comes after the page itself: until then the lists are polled, and when it can't be had, too.
    const begin = () => {
      import("@/lib/api-client/live/feed").then(
        ({ startFeed }) => {
          if (!left) stop = startFeed(client);
        },
        () => {
          if (!left) retry = setTimeout(begin, 10_000);
        },
      );
    };
    begin();
    return () => {
      left = true;
      clearTimeout(retry);
      stop();
    };
  }, [client]);
}
