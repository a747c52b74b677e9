"use client";

import { type ComponentProps, useState } from "react";
import { Input } from "@/components/ui/field";

/**
 * A field that is filled in for the reader, perhaps a moment after it is there. What stands in it while somebody is in it is
 * his own: nothing comes between the letters that he types, and an empty field stays empty until he leaves it.
 *
 * @param given what stands there otherwise
 * @param onType is told what was typed
 */
export function GivenInput({
  given,
  onType,
  ...rest
}: { given: string; onType: (text: string) => void } & Omit<ComponentProps<typeof Input>, "value" | "onChange">) {
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <Input
      mono
      {...rest}
      value={typed ?? given}
      onFocus={() => setTyped(given)}
      onBlur={() => setTyped(null)}
      onChange={({ target }) => {
        setTyped(target.value);
        onType(target.value);
      }}
    />
  );
}
