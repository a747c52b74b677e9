"use client";

import { Check, Copy } from "lucide-react";
import { type ReactNode, useState } from "react";
import { IconButton } from "@/components/ui/button";
import { copyText } from "@/components/ui/clipboard";

/** Copies a text; the icon becomes a tick for two seconds. `label` says what is copied. */
export function CopyButton({
  text,
  label,
  icon = <Copy className="icon-14" aria-hidden="true" />,
}: {
  text: string | (() => string | Promise<string>);
  label: string;
  icon?: ReactNode;
}) {
  const [state, setState] = useState<"rest" | "done" | "failed">("rest");
  const copy = async () => {
    try {
      setState((await copyText(typeof text === "string" ? text : await text())) ? "done" : "failed");
    } catch {
      setState("failed");
    }
    setTimeout(() => setState("rest"), 2000);
  };
  const said = state === "done" ? "Copied" : state === "failed" ? "The browser did not allow it" : label;
  return (
    <IconButton label={said} onClick={copy}>
      {state === "done" ? <Check className="icon-14 text-ok" aria-hidden="true" /> : icon}
    </IconButton>
  );
}
