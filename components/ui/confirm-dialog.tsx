"use client";

import { useEffect } from "react";
import type * as Parts from "@/components/ui/confirm-parts";
import { late } from "@/components/ui/late";

const confirmParts = late<typeof Parts>(() => import("@/components/ui/confirm-parts"));

/**
 * Asks before something is destroyed. The title is the verb and the name ("Purge orders.payment"), the button
 * repeats the verb and the exact count ("Purge 1,284 messages"). With `typed` the reader writes the name or the
 * count first: the focus begins in that field, and the button is outlined until the text matches, then solid red.
 */
export function ConfirmDialog(props: Parts.ConfirmProps) {
  const [parts, ask] = confirmParts.use();
  const { open } = props;
  useEffect(() => {
    if (open) void ask();
  }, [open, ask]);
  return parts && <parts.ConfirmPopup {...props} />;
}

/** Fetches what it is made of, so that the first one opens at once. */
export const prepareConfirm = () => void confirmParts.fetch();
