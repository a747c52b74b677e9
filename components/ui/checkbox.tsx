"use client";

import clsx from "clsx";
import { Check, Minus } from "lucide-react";
import { type ComponentProps, type ReactNode, useEffect, useRef } from "react";

const box =
  "grid size-3.5 shrink-0 place-items-center rounded-3 border border-control bg-raised text-on-accent data-on:border-accent data-on:bg-accent";

/** The drawing of a tick box alone, for rows that handle the click themselves. */
export function Tick({ checked, mixed = false }: { checked: boolean; mixed?: boolean }) {
  return (
    <span aria-hidden="true" className={box} data-on={checked || mixed ? "" : undefined}>
      {mixed ? <Minus className="size-3" strokeWidth={3} /> : checked && <Check className="size-3" strokeWidth={3} />}
    </span>
  );
}

export type CheckboxProps = {
  children?: ReactNode;
  /** Soft words after the label. */
  hint?: ReactNode;
  /** Takes a line of its own, all of which can be clicked. */
  block?: boolean;
  indeterminate?: boolean;
  onCheckedChange?: (checked: boolean) => void;
} & Omit<ComponentProps<"input">, "type" | "children" | "onChange">;

/** A tick box with its words. Without `children` it needs an `aria-label`. */
export function Checkbox({
  children,
  hint,
  block = false,
  indeterminate = false,
  onCheckedChange,
  className,
  ...rest
}: CheckboxProps) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (input.current) input.current.indeterminate = indeterminate;
  }, [indeterminate]);

  // The browser's own box, redrawn; the marks lie over it and show by its state.
  const control = (
    <span className="relative inline-grid size-3.5 shrink-0 place-items-center align-[-2px]">
      <input
        {...rest}
        ref={input}
        type="checkbox"
        onChange={(event) => onCheckedChange?.(event.target.checked)}
        className="peer col-start-1 row-start-1 size-3.5 appearance-none rounded-3 border border-control bg-raised before:absolute before:-inset-[5px] checked:border-accent checked:bg-accent indeterminate:border-accent indeterminate:bg-accent disabled:opacity-50 phone:before:-inset-[13px]"
      />
      <Check
        aria-hidden="true"
        strokeWidth={3}
        className="pointer-events-none invisible relative col-start-1 row-start-1 size-3 text-on-accent peer-checked:visible peer-indeterminate:invisible"
      />
      <Minus
        aria-hidden="true"
        strokeWidth={3}
        className="pointer-events-none invisible relative col-start-1 row-start-1 size-3 text-on-accent peer-indeterminate:visible"
      />
    </span>
  );
  if (children === undefined) return control;
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is inside.
    <label className={clsx("min-h-7 items-center gap-2 phone:min-h-10", block ? "flex" : "inline-flex", className)}>
      {control}
      <span>
        {children}
        {hint !== undefined && <span className="text-ink-3"> {hint}</span>}
      </span>
    </label>
  );
}
