"use client";

import { Input } from "@/components/ui/field";

/** A moment as the browser's own date and time field; null is empty. In the reader's time zone, to the second. */
export function TimeField({
  value,
  onChange,
  ...rest
}: {
  value: Date | null;
  onChange: (value: Date | null) => void;
  "aria-label"?: string;
}) {
  return (
    <Input
      {...rest}
      type="datetime-local"
      step={1}
      value={value === null ? "" : localText(value)}
      onChange={(event) => {
        const at = new Date(event.target.value);
        onChange(Number.isNaN(at.getTime()) ? null : at);
      }}
    />
  );
}

/** As the field wants it: `2026-11-21T08:30:00`, local. */
function localText(at: Date): string {
  const shifted = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 19);
}
