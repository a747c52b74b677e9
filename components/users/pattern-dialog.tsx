"use client";

import { type FormEvent, type ReactNode, useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { ErrorNote } from "@/components/ui/error-state";

/** The frame of a form that says what is allowed by patterns: closes when it is saved, says why when it isn't. */
export function PatternDialog({
  title,
  problem,
  onClose,
  onSave,
  children,
}: {
  title: string;
  /** Why it can't be saved yet. */
  problem: string | undefined;
  onClose: () => void;
  onSave: () => Promise<void>;
  children: ReactNode;
}) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const formId = useId();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (problem !== undefined || busy) return;
    setBusy(true);
    setError(undefined);
    try {
      await onSave();
      onClose();
    } catch (reason) {
      setError(reason);
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      footer={
        <>
          <Button size="lg" onClick={onClose}>
            Cancel
          </Button>
          <Button size="lg" type="submit" form={formId} variant="primary" busy={busy} disabledReason={problem}>
            Save permissions
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit} className="flex flex-col gap-3">
        {children}
        <p className="text-12 text-ink-3">
          Regular expressions: <code>.*</code> is everything, <code>^orders\.</code> what begins so, empty is nothing.
        </p>
        {error !== undefined && (
          <ErrorNote title="The permissions were not saved." error={error} lost="Nothing was changed." />
        )}
      </form>
    </Dialog>
  );
}
