"use client";

import { type KeyboardEvent, useRef, useState } from "react";
import { Chip } from "@/components/ui/chip";

/** Several texts as chips: Enter or a comma adds what is typed, Backspace takes the last one back into the field. */
export function ListInput({
  label,
  items,
  onChange,
}: {
  label: string;
  items: readonly string[];
  onChange: (items: readonly string[]) => void;
}) {
  const [typed, setTyped] = useState("");
  const input = useRef<HTMLInputElement>(null);
  const add = () => {
    if (typed === "") return;
    onChange([...items, typed]);
    setTyped("");
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if ((event.key === "Enter" && !event.ctrlKey && !event.metaKey) || event.key === ",") add();
    else if (event.key === "Backspace" && typed === "" && items.length > 0) {
      setTyped(items.at(-1) ?? "");
      onChange(items.slice(0, -1));
    } else return;
    event.preventDefault();
  };
  return (
    <div
      onPointerDown={(event) => {
        if (event.target !== event.currentTarget) return;
        event.preventDefault();
        input.current?.focus();
      }}
      className="flex min-h-7 flex-wrap items-center gap-1 rounded-5 border border-control bg-raised px-2 py-[3px] focus-within:border-transparent focus-within:outline-2 focus-within:outline-accent phone:min-h-10"
    >
      {items.map((item, index) => (
        <Chip
          // biome-ignore lint/suspicious/noArrayIndexKey: a list may hold the same text twice.
          key={index}
          value={item}
          onRemove={() => onChange(items.filter((_, place) => place !== index))}
        />
      ))}
      <input
        ref={input}
        aria-label={`Add to ${label.toLowerCase()}`}
        placeholder="add"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={onKeyDown}
        onBlur={add}
        className="mono h-5 min-w-12 flex-1 bg-transparent outline-none"
        spellCheck={false}
        autoComplete="off"
      />
    </div>
  );
}
