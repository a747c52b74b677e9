"use client";

import { parseAsString, useQueryState } from "nuqs";
import { usePhone } from "@/components/ui/media";

/** Whether an open message (`?message=` in the URL) has the screen for itself: on a phone there is one thing at a time. */
export function useMessageAlone(): boolean {
  const [opened] = useQueryState("message", parseAsString);
  return usePhone() && opened !== null;
}
