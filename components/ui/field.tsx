"use client";

import clsx from "clsx";
import { type ComponentProps, createContext, type ReactNode, useContext, useId } from "react";

/** The box of anything one types in; Base UI's own inputs and selects use it too. */
export const controlClass =
  "flex min-w-0 w-full items-center gap-1.5 rounded-5 border border-control bg-raised px-2 text-ink " +
  "focus-visible:outline-2 focus-visible:outline-offset-0 focus-visible:outline-accent focus-visible:rounded-5 " +
  "aria-invalid:border-danger disabled:border-line disabled:bg-transparent disabled:text-ink-3 " +
  "aria-disabled:border-line aria-disabled:bg-transparent aria-disabled:text-ink-3";

type Wiring = { id: string; "aria-describedby": string | undefined; "aria-invalid": true | undefined };
const FieldContext = createContext<Wiring | undefined>(undefined);

/** What ties a control to its Field: spread it into the element that takes the focus. An `id` of its own wins. */
export function useFieldWiring(own: { id?: string | undefined } = {}): Partial<Wiring> {
  const wiring = useContext(FieldContext);
  if (!wiring) return own.id === undefined ? {} : { id: own.id };
  return own.id === undefined ? wiring : { ...wiring, id: own.id };
}

/**
 * A labelled control: label above (or beside, `inline`), a hint below, and the error's text in place of the hint.
 * `children` is one of Input, Textarea, NumberField, Select or Combobox.
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
  className?: string | undefined;
}) {
  const id = useId();
  const said = error !== undefined || hint !== undefined ? `${id}-said` : undefined;
  return (
    <FieldContext value={{ id, "aria-describedby": said, "aria-invalid": error === undefined ? undefined : true }}>
      <div
        className={clsx(
          inline ? "grid grid-cols-[minmax(96px,auto)_minmax(0,1fr)] items-center gap-x-3" : "flex flex-col gap-1",
          "min-w-0",
          className,
        )}
      >
        <label htmlFor={id} className={clsx("text-12 text-ink-2", mono && "mono")}>
          {label}
        </label>
        {children}
        {said !== undefined && (
          <p
            id={said}
            aria-live={error === undefined ? undefined : "polite"}
            className={clsx("text-12", inline && "col-start-2", error === undefined ? "text-ink-3" : "text-danger")}
          >
            {error ?? hint}
          </p>
        )}
      </div>
    </FieldContext>
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
    <input
      autoComplete="off"
      autoCapitalize="off"
      autoCorrect="off"
      spellCheck={false}
      {...useFieldWiring(rest)}
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
    <textarea
      spellCheck={false}
      {...useFieldWiring(rest)}
      {...rest}
      className={clsx(controlClass, "mono min-h-20 resize-y py-1.5 leading-5", className)}
    />
  );
}
