"use client";

import { useEffect } from "react";
import type * as Parts from "@/components/ui/dialog-parts";
import { late } from "@/components/ui/late";

const dialogParts = late<typeof Parts>(() => import("@/components/ui/dialog-parts"));

/** Fetches what dialogs are made of, so that the first one opens at once. */
export const prepareDialogs = () => void dialogParts.fetch();

/**
 * A dialog of 480 px (`wide`: 720) over the page. It owns the focus while it is open and gives it back. Escape and a
 * click outside close it. Write the buttons into `footer`: the one that keeps things as they are first.
 */
export function Dialog(props: Parts.DialogProps) {
  const [parts, ask] = dialogParts.use();
  const { open } = props;
  useEffect(() => {
    if (open) void ask();
  }, [open, ask]);
  return parts && <parts.DialogPopup {...props} />;
}
