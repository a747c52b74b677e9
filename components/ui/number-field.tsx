"use client";

import clsx from "clsx";
import { type KeyboardEvent, useState } from "react";
import { controlClass, useFieldWiring } from "@/components/ui/field";

const written = new Intl.NumberFormat("en", { maximumFractionDigits: 6 });

/** What was typed as a number; null for nothing, undefined for what is none. Commas between thousands are let be. */
function readNumber(text: string): number | null | undefined {
  const plain = text.replaceAll(/[,\s]/g, "");
  if (plain === "") return null;
  const value = Number(plain);
  return Number.isFinite(value) ? value : undefined;
}

/**
 * A number with its unit at the end. Null is empty. The arrow keys step, with Shift by `largeStep`.
 * Numbers are written `1,234`, as everywhere. What is no number is not taken; what is beyond `min` or `max` is put
 * to the nearest when the field is left.
 */
export function NumberField({
  value,
  onChange,
  unit,
  placeholder,
  className,
  min = Number.NEGATIVE_INFINITY,
  max = Number.POSITIVE_INFINITY,
  step = 1,
  largeStep = step * 10,
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
  const wiring = useFieldWiring(rest);
  // What is being typed, while it is; otherwise the value as it is written.
  const [typed, setTyped] = useState<string>();
  const nearest = (number: number) => Math.min(max, Math.max(min, number));

  const onKeyDown = (event: KeyboardEvent) => {
    const by = (event.shiftKey ? largeStep : step) * (event.key === "ArrowUp" ? 1 : event.key === "ArrowDown" ? -1 : 0);
    if (by === 0) return;
    event.preventDefault();
    setTyped(undefined);
    onChange(nearest(Number(((value ?? 0) + by).toPrecision(12))));
  };
  return (
    <span className={clsx("relative block min-w-0", className)}>
      <input
        type="text"
        inputMode="decimal"
        autoComplete="off"
        {...wiring}
        {...rest}
        placeholder={placeholder}
        value={typed ?? (value === null ? "" : written.format(value))}
        onChange={(event) => {
          setTyped(event.target.value);
          const number = readNumber(event.target.value);
          if (number !== undefined) onChange(number);
        }}
        onBlur={() => {
          setTyped(undefined);
          if (value !== null && value !== nearest(value)) onChange(nearest(value));
        }}
        onKeyDown={onKeyDown}
        className={clsx(controlClass, "mono h-7 phone:h-10", unit !== undefined && unit !== "" && "pr-9")}
      />
      {unit !== undefined && (
        <span className="pointer-events-none absolute inset-y-0 right-2 flex items-center text-12 text-ink-3">
          {unit}
        </span>
      )}
    </span>
  );
}
