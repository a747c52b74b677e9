"use client";

import { Checkbox as Base } from "@base-ui/react/checkbox";
import clsx from "clsx";
import { Check, Minus } from "lucide-react";
import type { ReactNode } from "react";

const box =
  "relative grid size-3.5 shrink-0 place-items-center rounded-3 border border-control bg-raised text-on-accent before:absolute before:-inset-[5px] phone:before:-inset-[13px] data-checked:border-accent data-checked:bg-accent data-indeterminate:border-accent data-indeterminate:bg-accent data-disabled:opacity-50";

/** The drawing of a tick box alone, for rows that handle the click themselves. */
export function Tick({ checked, mixed = false }: { checked: boolean; mixed?: boolean }) {
  return (
    <span
      aria-hidden="true"
      className={box}
      data-checked={checked && !mixed ? "" : undefined}
      data-indeterminate={mixed ? "" : undefined}
    >
      {mixed ? <Minus className="size-3" strokeWidth={3} /> : checked && <Check className="size-3" strokeWidth={3} />}
    </span>
  );
}

/** A tick box with its words. Without `children` it needs an `aria-label`. */
export function Checkbox({
  children,
  hint,
  block = false,
  className,
  ...rest
}: {
  children?: ReactNode;
  /** Takes a line of its own, all of which can be clicked. */
  block?: boolean;
  /** Soft words after the label. */
  hint?: ReactNode;
  className?: string;
} & Omit<Base.Root.Props, "className" | "children" | "render" | "style">) {
  const control = (
    <Base.Root {...rest} className={box}>
      <Base.Indicator className="grid place-items-center">
        {rest.indeterminate ? (
          <Minus className="size-3" strokeWidth={3} />
        ) : (
          <Check className="size-3" strokeWidth={3} />
        )}
      </Base.Indicator>
    </Base.Root>
  );
  if (children === undefined) return control;
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is Base UI's, inside.
    <label className={clsx("min-h-7 items-center gap-2 phone:min-h-10", block ? "flex" : "inline-flex", className)}>
      {control}
      <span>
        {children}
        {hint !== undefined && <span className="text-ink-3"> {hint}</span>}
      </span>
    </label>
  );
}
