"use client";

import { Select as Base } from "@base-ui/react/select";
import clsx from "clsx";
import { Check, ChevronDown } from "lucide-react";
import type { ReactNode } from "react";
import { controlClass } from "@/components/ui/field";
import { menuItemClass, menuPopupClass } from "@/components/ui/menu";

export type Choice<Value extends string> = { value: Value; label: string; hint?: ReactNode };

/** One of a short, fixed list. For a long or growing one use Combobox, for two to five that fit side by side Segments. */
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
  const { "aria-label": ariaLabel, ...root } = rest;
  return (
    <Base.Root<Value>
      value={value}
      onValueChange={(next) => next !== null && onChange(next)}
      items={options.map(({ value: itsValue, label }) => ({ value: itsValue, label }))}
      {...root}
    >
      <Base.Trigger
        aria-label={ariaLabel}
        className={clsx(
          controlClass,
          "cursor-default justify-between text-left phone:h-10",
          large ? "h-8" : "h-7",
          mono && "mono",
          className,
        )}
      >
        <Base.Value className="clip-text" />
        <Base.Icon className="text-ink-3">
          <ChevronDown className="icon-14" aria-hidden="true" />
        </Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner alignItemWithTrigger={false} sideOffset={4} className="z-(--z-toast)">
          <Base.Popup className={clsx(menuPopupClass, "min-w-(--anchor-width)")}>
            <Base.List>
              {options.map((option) => (
                <Base.Item key={option.value} value={option.value} className={menuItemClass()}>
                  <Base.ItemText className={mono ? "mono" : ""}>{option.label}</Base.ItemText>
                  {option.hint !== undefined && <span className="text-11 text-ink-3">{option.hint}</span>}
                  <Base.ItemIndicator className="ml-auto pl-3">
                    <Check className="icon-14" aria-hidden="true" />
                  </Base.ItemIndicator>
                </Base.Item>
              ))}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
