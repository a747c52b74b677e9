"use client";

import { Switch as Base } from "@base-ui/react/switch";
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
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is Base UI's, inside.
    <label className="inline-flex min-h-7 items-center gap-2 phone:min-h-10">
      <Base.Root
        checked={checked}
        onCheckedChange={onChange}
        className="flex h-4 w-7 shrink-0 rounded-full border border-control bg-raised p-px data-checked:border-accent data-checked:bg-accent"
      >
        <Base.Thumb className="size-3 rounded-full bg-control transition-transform duration-100 data-checked:translate-x-3 data-checked:bg-on-accent" />
      </Base.Root>
      {children}
    </label>
  );
}
