"use client";

import { Field as Base } from "@base-ui/react/field";
import clsx from "clsx";
import type { ComponentProps, ReactNode } from "react";

/** The box of anything one types in; Base UI's own inputs and selects use it too. */
export const controlClass =
  "flex min-w-0 w-full items-center gap-1.5 rounded-5 border border-control bg-raised px-2 text-13 text-ink " +
  "focus-visible:outline-2 focus-visible:outline-offset-0 focus-visible:outline-accent focus-visible:rounded-5 " +
  "data-invalid:border-danger aria-invalid:border-danger disabled:border-line disabled:bg-transparent disabled:text-ink-3 " +
  "aria-disabled:border-line aria-disabled:bg-transparent aria-disabled:text-ink-3";

/**
 * A labelled control: label above (or beside, `inline`), a hint below, and the error's text in place of the hint.
 * `children` is one of Input, Textarea, NumberField or Select.
 */
export function Field({
  label,
  hint,
  error,
  children,
  mono = false,
  inline = false,
  className,
}: {
  label: ReactNode;
  hint?: ReactNode;
  /** What is wrong, as a sentence. */
  error?: string | undefined;
  children: ReactNode;
  /** For names of AMQP properties and arguments. */
  mono?: boolean;
  inline?: boolean;
  className?: string;
}) {
  return (
    <Base.Root
      invalid={error !== undefined}
      className={clsx(
        inline ? "grid grid-cols-[minmax(96px,auto)_minmax(0,1fr)] items-center gap-x-3" : "flex flex-col gap-1",
        "min-w-0",
        className,
      )}
    >
      <Base.Label className={clsx("text-12 text-ink-2", mono && "mono")}>{label}</Base.Label>
      {children}
      {error !== undefined ? (
        <Base.Error match className="text-12 text-danger">
          {error}
        </Base.Error>
      ) : (
        hint !== undefined && <Base.Description className="text-12 text-ink-3">{hint}</Base.Description>
      )}
    </Base.Root>
  );
}

/** One line of text. `mono` for names, keys and ids; `unit` stands at its end. */
export function Input({
  mono = false,
  unit,
  large = false,
  className,
  ...rest
}: { mono?: boolean; unit?: ReactNode; large?: boolean } & ComponentProps<"input">) {
  const input = (
    <Base.Control
      autoComplete="off"
      autoCapitalize="off"
      autoCorrect="off"
      spellCheck={false}
      {...rest}
      className={clsx(
        controlClass,
        large ? "h-8" : "h-7",
        "phone:h-10",
        mono && "mono",
        unit !== undefined && "pr-9",
        className,
      )}
    />
  );
  if (unit === undefined) return input;
  return (
    <span className="relative block min-w-0">
      {input}
      <span className="pointer-events-none absolute inset-y-0 right-2 flex items-center text-12 text-ink-3">
        {unit}
      </span>
    </span>
  );
}

/** Several lines of text; mono, since bodies and lists of names live in it. */
export function Textarea({ className, ...rest }: ComponentProps<"textarea">) {
  return (
    <Base.Control
      render={<textarea {...rest} />}
      spellCheck={false}
      className={clsx(controlClass, "mono min-h-20 resize-y py-1.5 leading-5", className)}
    />
  );
}
