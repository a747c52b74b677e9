"use client";

import { NumberField as Base } from "@base-ui/react/number-field";
import clsx from "clsx";
import { controlClass } from "@/components/ui/field";

/**
 * A number with its unit at the end. Null is empty. Arrow keys step, with Shift by `largeStep`.
 * Numbers are written `1,234`, as everywhere.
 */
export function NumberField({
  value,
  onChange,
  unit,
  placeholder,
  className,
  ...rest
}: {
  value: number | null;
  onChange: (value: number | null) => void;
  unit?: string;
  placeholder?: string;
  className?: string;
  min?: number;
  max?: number;
  step?: number;
  largeStep?: number;
  disabled?: boolean;
  required?: boolean;
  id?: string;
  name?: string;
  "aria-label"?: string;
}) {
  const { "aria-label": ariaLabel, ...root } = rest;
  return (
    <Base.Root
      value={value}
      onValueChange={onChange}
      locale="en"
      className={clsx("relative block min-w-0", className)}
      {...root}
    >
      <Base.Input
        aria-label={ariaLabel}
        placeholder={placeholder}
        className={clsx(controlClass, "mono h-7 phone:h-10", unit !== undefined && "pr-9")}
      />
      {unit !== undefined && (
        <span className="pointer-events-none absolute inset-y-0 right-2 flex items-center text-12 text-ink-3">
          {unit}
        </span>
      )}
    </Base.Root>
  );
}
