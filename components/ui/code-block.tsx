"use client";

import { CopyButton } from "@/components/ui/copy-button";

/** A text to copy, as it is. */
export function CodeBlock({ text, label }: { text: string; label: string }) {
  return (
    <div className="relative min-w-0">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard. */}
      <pre tabIndex={0} className="mono overflow-x-auto rounded-5 border border-line bg-sunken p-3 pr-10 leading-5">
        {text}
      </pre>
      <span className="absolute top-1.5 right-1.5">
        <CopyButton text={text} label={label} />
      </span>
    </div>
  );
}
