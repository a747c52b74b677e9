"use client";

import { Combobox as Base } from "@base-ui/react/combobox";
import clsx from "clsx";
import { Check, ChevronDown } from "lucide-react";
import type { ComboboxProps, Suggestion } from "@/components/ui/combobox";
import { controlClass, useFieldWiring } from "@/components/ui/field";
import { menuItemClass, menuPopupClass } from "@/components/ui/menu-classes";

/** The field once it is there: what Combobox loads after the page is drawn. */
export function ComboboxField({
  value,
  onChange,
  options,
  placeholder,
  mono = false,
  large = false,
  nothing = "Nothing has this in its name",
  className,
  ...rest
}: ComboboxProps) {
  const chosen = options.find((option) => option.value === value) ?? null;
  const { "aria-label": ariaLabel, id, ...root } = rest;
  const wiring = useFieldWiring({ id });
  return (
    <Base.Root
      items={options}
      value={chosen}
      onValueChange={(option: Suggestion | null) => onChange(option?.value ?? null)}
      itemToStringLabel={(option: Suggestion) => option.label}
      itemToStringValue={(option: Suggestion) => option.value}
      limit={100}
      {...root}
    >
      <span className={clsx("relative block min-w-0", className)}>
        <Base.Input
          {...wiring}
          aria-label={ariaLabel}
          placeholder={placeholder}
          className={clsx(controlClass, "pr-7 phone:h-10", large ? "h-8" : "h-7", mono && "mono")}
        />
        <Base.Trigger
          aria-label="Show all"
          className="absolute inset-y-px right-px grid w-6 place-items-center rounded-5 text-ink-3 hover:text-ink"
        >
          <ChevronDown className="icon-14" aria-hidden="true" />
        </Base.Trigger>
      </span>
      <Base.Portal>
        <Base.Positioner sideOffset={4} className="z-(--z-toast)">
          <Base.Popup className={clsx(menuPopupClass, "w-(--anchor-width) max-w-none")}>
            <Base.Empty className="px-2 py-1 text-12 text-ink-3 empty:hidden">{nothing}</Base.Empty>
            <Base.List>
              {(option: Suggestion) => (
                <Base.Item key={option.value} value={option} className={menuItemClass()}>
                  <span className={clsx("clip-text", mono && "mono")}>{option.label}</span>
                  {option.hint !== undefined && <span className="text-11 text-ink-3">{option.hint}</span>}
                  <Base.ItemIndicator className="ml-auto pl-3">
                    <Check className="icon-14" aria-hidden="true" />
                  </Base.ItemIndicator>
                </Base.Item>
              )}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
