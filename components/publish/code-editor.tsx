"use client";

import clsx from "clsx";
import { type ReactNode, useRef, useState } from "react";

/** Longer texts are edited plainly: colouring each keystroke would be felt. In UTF-16 units. */
const colourLimit = 40_000;

/**
 * A field for a body: line numbers, colours, the current line. It is a textarea over its own coloured copy, so that
 * everything that a browser knows about typing works: undo, input methods, spell checkers, screen readers.
 */
export function CodeEditor({
  label,
  value,
  onChange,
  line,
  invalid,
  describedBy,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** A line in its colours. */
  line: (text: string) => ReactNode;
  invalid: boolean;
  describedBy: string;
}) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [current, setCurrent] = useState(-1);
  const coloured = value.length <= colourLimit;
  const look = () => {
    const at = field.current?.selectionStart ?? 0;
    setCurrent(value.slice(0, at).split("\n").length - 1);
  };
  const shared = "col-start-1 row-start-1 m-0 py-1.5 pr-3 pl-12 whitespace-pre-wrap [overflow-wrap:anywhere]";
  return (
    <div className="mono grid min-h-[132px] overflow-hidden rounded-t-[4px] bg-[linear-gradient(90deg,var(--color-sunken)_36px,var(--color-line)_36px,var(--color-line)_37px,transparent_37px)] leading-5">
      {coloured && (
        <div aria-hidden="true" className={clsx(shared, "pointer-events-none")}>
          {value.split("\n").map((text, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place.
            <div key={index} className="relative min-h-5">
              {index === current && <span className="absolute inset-y-0 -right-3 -left-[47px] bg-hover" />}
              <span className="absolute top-0 -left-12 w-9 pr-2 text-right text-ink-3 select-none">{index + 1}</span>
              <span className="relative">{line(text)}</span>
            </div>
          ))}
        </div>
      )}
      <textarea
        ref={field}
        aria-label={label}
        aria-invalid={invalid || undefined}
        aria-describedby={describedBy}
        value={value}
        onChange={(event) => {
          onChange(event.target.value);
        }}
        onSelect={look}
        onFocus={look}
        onBlur={() => setCurrent(-1)}
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        autoCorrect="off"
        className={clsx(
          shared,
          "z-0 min-h-full w-full resize-none bg-transparent caret-ink outline-none",
          coloured ? "overflow-hidden text-transparent" : "h-96 overflow-auto text-ink",
        )}
      />
    </div>
  );
}
