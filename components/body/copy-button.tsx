"use client";

import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { copyText } from "@/components/body/clipboard";
import { IconButton } from "@/components/ui/button";

/** Copies what `text` gives, and says so for two seconds. */
export function CopyButton({ label, text }: { label: string; text: () => string | Promise<string> }) {
  const [result, setResult] = useState<"copied" | "refused" | null>(null);
  useEffect(() => {
    if (result === null) return;
    const timer = setTimeout(() => setResult(null), 2000);
    return () => clearTimeout(timer);
  }, [result]);
  const said = result === "copied" ? "Copied" : result === "refused" ? "The browser refused to copy" : label;
  return (
    <>
      <IconButton
        label={said}
        onClick={async () => {
          const copied = await Promise.resolve(text()).then(copyText, () => false);
          setResult(copied ? "copied" : "refused");
        }}
      >
        {result === "copied" ? (
          <Check className="icon-14" aria-hidden="true" />
        ) : (
          <Copy className="icon-14" aria-hidden="true" />
        )}
      </IconButton>
      <span role="status" className="sr-only">
        {result === null ? "" : said}
      </span>
    </>
  );
}
