"use client";

import { Toggle } from "@base-ui/react/toggle";
import { ToggleGroup } from "@base-ui/react/toggle-group";
import type { ReactNode } from "react";

/** One of two to five that stand side by side: a range, a format, a delivery mode. Arrow keys walk between them. */
export function Segments<Value extends string>({
  value,
  onChange,
  options,
  label,
}: {
  value: Value;
  onChange: (value: Value) => void;
  options: readonly { value: Value; label: ReactNode; icon?: ReactNode; count?: ReactNode }[];
  /** What is chosen here, for screen readers. */
  label: string;
}) {
  return (
    <ToggleGroup
      aria-label={label}
      value={[value]}
      onValueChange={(next) => {
        // A second click on the chosen one takes nothing away.
        const chosen = next.find((each) => each !== value) ?? next[0];
        if (chosen !== undefined && chosen !== value) onChange(chosen as Value);
      }}
      className="inline-flex shrink-0 divide-x divide-line rounded-5 border border-line-2 bg-raised"
    >
      {options.map((option) => (
        <Toggle
          key={option.value}
          value={option.value}
          className="inline-flex h-[26px] items-center gap-1.5 px-2 text-12 whitespace-nowrap text-ink-2 first:rounded-l-[4px] last:rounded-r-[4px] hover:bg-hover-raised data-pressed:bg-accent-tint data-pressed:font-semibold data-pressed:text-ink phone:h-[38px] phone:px-2.5"
        >
          {option.icon}
          {option.label}
          {option.count !== undefined && <span>{option.count}</span>}
        </Toggle>
      ))}
    </ToggleGroup>
  );
}
