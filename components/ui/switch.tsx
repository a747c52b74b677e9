"use client";

import type { ReactNode } from "react";

/** Something that is on or off at once, without a button to send it. In forms use Checkbox. */
export function Switch({
  checked,
  onChange,
  children,
}: {
  checked: boolean;
  onChange: (checked: boolean) => void;
  children: ReactNode;
}) {
  return (
    <label className="inline-flex min-h-7 items-center gap-2 phone:min-h-10">
      <input
        type="checkbox"
        role="switch"
        checked={checked}
        aria-checked={checked}
        onChange={(event) => onChange(event.target.checked)}
        className="h-4 w-7 shrink-0 appearance-none rounded-full border border-control bg-raised p-px before:block before:size-3 before:rounded-full before:bg-control before:transition-transform before:duration-100 checked:border-accent checked:bg-accent checked:before:translate-x-3 checked:before:bg-on-accent"
      />
      {children}
    </label>
  );
}
