"use client";

import clsx from "clsx";
import { ChevronDown } from "lucide-react";
import { controlClass, useFieldWiring } from "@/components/ui/field";

export type Choice<Value extends string> = { value: Value; label: string; hint?: string };

/**
 * One of a short, fixed list: the browser's own, so that a phone shows its own wheel.
 * For a long or growing list use Combobox, for two to five that fit side by side Segments.
 */
export function Select<Value extends string>({
  value,
  onChange,
  options,
  mono = false,
  large = false,
  className,
  ...rest
}: {
  value: Value;
  onChange: (value: Value) => void;
  options: readonly Choice<Value>[];
  mono?: boolean;
  large?: boolean;
  className?: string;
  disabled?: boolean;
  id?: string;
  name?: string;
  "aria-label"?: string;
}) {
  const wiring = useFieldWiring(rest);
  return (
    <span className={clsx("relative block min-w-0", className)}>
      <select
        {...wiring}
        {...rest}
        value={value}
        onChange={(event) => {
          const chosen = options.find((option) => option.value === event.target.value);
          if (chosen) onChange(chosen.value);
        }}
        className={clsx(
          controlClass,
          "clip-text appearance-none py-0 pr-7 phone:h-10 [&>option]:bg-raised",
          large ? "h-8" : "h-7",
          mono && "mono",
        )}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.hint === undefined ? option.label : `${option.label} (${option.hint})`}
          </option>
        ))}
      </select>
      <ChevronDown
        className="pointer-events-none absolute inset-y-0 right-2 my-auto icon-14 text-ink-3"
        aria-hidden="true"
      />
    </span>
  );
}
