"use client";

import type { KeyboardEvent, ReactNode } from "react";

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
  const walk = (event: KeyboardEvent<HTMLElement>) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    const buttons = [...event.currentTarget.querySelectorAll("button")];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    buttons[(at + step + buttons.length) % buttons.length]?.focus();
    event.preventDefault();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would take the place of a form's own.
    <div
      role="group"
      aria-label={label}
      onKeyDown={walk}
      className="inline-flex shrink-0 divide-x divide-line rounded-5 border border-line-2 bg-raised"
    >
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          tabIndex={option.value === value ? 0 : -1}
          onClick={() => option.value !== value && onChange(option.value)}
          className="inline-flex h-[26px] items-center gap-1.5 px-2 text-12 whitespace-nowrap text-ink-2 first:rounded-l-[4px] last:rounded-r-[4px] hover:bg-hover-raised aria-pressed:bg-accent-tint aria-pressed:font-semibold aria-pressed:text-ink phone:h-[38px] phone:px-2.5"
        >
          {option.icon}
          {option.label}
          {option.count !== undefined && <span>{option.count}</span>}
        </button>
      ))}
    </div>
  );
}
