"use client";

import type { ReactNode } from "react";
import { Field, Input } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";

/** The frame of a form that says what is allowed by patterns: closes when it is saved, says why when it isn't. */
export function PatternDialog<Right extends string>({
  title,
  problem,
  rights,
  patterns,
  onChange,
  onClose,
  onSave,
  children,
}: {
  title: string;
  /** Why it can't be saved yet. */
  problem: string | undefined;
  /** Each right, and what it lets do. */
  rights: Readonly<Record<Right, string>>;
  patterns: Readonly<Record<NoInfer<Right>, string>>;
  onChange: (patterns: Readonly<Record<NoInfer<Right>, string>>) => void;
  onClose: () => void;
  onSave: () => Promise<void>;
  /** What the patterns are for, above them. */
  children: ReactNode;
}) {
  return (
    <FormDialog
      onClose={onClose}
      title={title}
      action="Save permissions"
      problem={problem}
      failure="The permissions were not saved."
      lost="Nothing was changed."
      onSubmit={async () => {
        await onSave();
        onClose();
      }}
    >
      {children}
      {(Object.keys(rights) as Right[]).map((right) => (
        <Field
          key={right}
          label={
            <>
              {rights[right]} <code className="text-11 text-ink-3">{right}</code>
            </>
          }
        >
          <Input
            mono
            value={patterns[right]}
            onChange={(event) => onChange({ ...patterns, [right]: event.target.value })}
          />
        </Field>
      ))}
      <p className="text-12 text-ink-3">
        Regular expressions: <code>.*</code> is everything, <code>^orders\.</code> what begins so, empty is nothing.
      </p>
    </FormDialog>
  );
}
