"use client";

import { ChevronDown } from "lucide-react";
import { type ReactNode, useEffect } from "react";
import type * as Parts from "@/components/ui/combobox-parts";
import { Input } from "@/components/ui/field";
import { late } from "@/components/ui/late";

export type Suggestion = { value: string; label: string; hint?: ReactNode };

export type ComboboxProps = {
  value: string | null;
  onChange: (value: string | null) => void;
  options: readonly Suggestion[];
  placeholder?: string;
  mono?: boolean;
  large?: boolean;
  /** Said when no name holds what was typed. */
  nothing?: ReactNode;
  className?: string;
  disabled?: boolean;
  id?: string;
  "aria-label"?: string;
};

const parts = late<typeof Parts>(() => import("@/components/ui/combobox-parts"));

/**
 * One of many by typing a part of its name: an exchange, a queue. Shows at most 100 matches.
 * For free text that may also be none of them, use Input.
 */
export function Combobox(props: ComboboxProps) {
  const [loaded, ask] = parts.use();
  useEffect(() => void ask(), [ask]);
  if (loaded) return <loaded.ComboboxField {...props} />;
  // For the moment until it is there: the same field, to look at.
  const { value, options, mono = false, large = false, placeholder, className } = props;
  return (
    <Input
      readOnly
      mono={mono}
      large={large}
      unit={<ChevronDown className="icon-14" aria-hidden="true" />}
      placeholder={placeholder}
      className={className}
      aria-label={props["aria-label"]}
      value={options.find((option) => option.value === value)?.label ?? ""}
    />
  );
}
