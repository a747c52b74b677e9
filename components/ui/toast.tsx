"use client";

import { type ReactNode, useEffect } from "react";
import { late } from "@/components/ui/late";
import type * as Parts from "@/components/ui/toast-list";

export type Done = {
  /** "87 messages of sms.test are in the trash" */
  message: ReactNode;
  /** An icon of 14 px. */
  icon?: ReactNode;
  /** Takes it back; also the key `z`. If it fails, the toast stays and says so. */
  undo?: () => Promise<unknown>;
};

const toastParts = late<typeof Parts>(() => import("@/components/ui/toast-list"));
let appear: (() => Promise<void>) | undefined;

/**
 * Tells that something is done. Ten seconds with an undo, five without; the time stands still under the pointer
 * and the focus. Never for errors: those stay where they happened.
 */
export async function showDone(done: Done): Promise<void> {
  const parts = await toastParts.fetch();
  await appear?.();
  parts.addToast(done);
}

/** Where toasts appear; once in the app. Empty until there is a first one. */
export function Toaster() {
  const [parts, ask] = toastParts.use();
  useEffect(() => {
    appear = ask;
    return () => {
      appear = undefined;
    };
  }, [ask]);
  return parts && <parts.ToastList />;
}
