import type { ReactNode } from "react";
import { Kbd } from "@/components/ui/kbd";

/** The 32 px foot of a list: what it counts, then the keys that work in it. Gone on a phone. */
export function ListFoot({
  children,
  keys = [],
}: {
  children?: ReactNode;
  /** `[["j", "k"], "row"]`: the keys, then what they do. */
  keys?: readonly (readonly [readonly string[], string])[];
}) {
  return (
    <footer className="flex h-8 shrink-0 items-center gap-4 overflow-hidden border-t border-line bg-bg px-4 text-12 whitespace-nowrap text-ink-3 phone:hidden">
      {children}
      <span className="ml-auto flex gap-3">
        {keys.map(([names, does]) => (
          <span key={does} className="inline-flex items-center gap-1">
            {names.map((key) => (
              <Kbd key={key}>{key}</Kbd>
            ))}
            {does}
          </span>
        ))}
      </span>
    </footer>
  );
}
