"use client";

import dynamic from "next/dynamic";
import { useState } from "react";
import type { RetryDialog, RetryTarget } from "@/components/jobs/retry-dialog";

export type { RetryTarget };

const Loaded = dynamic(() => import("@/components/jobs/retry-dialog").then((parts) => parts.RetryDialog), {
  ssr: false,
});

/** The dialog that plans a retry; it comes when it is first asked for. */
export function LateRetryDialog(props: Parameters<typeof RetryDialog>[0]) {
  const [asked, setAsked] = useState(false);
  if (props.target !== null && !asked) setAsked(true);
  return asked ? <Loaded {...props} /> : null;
}
