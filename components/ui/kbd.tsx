import type { ReactNode } from "react";

/** A key on the keyboard. */
export function Kbd({ children }: { children: ReactNode }) {
  return (
    <kbd className="rounded-3 border border-line-2 bg-surface px-1 py-px text-11 leading-[14px] text-ink-3">
      {children}
    </kbd>
  );
}
