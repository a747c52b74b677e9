"use client";

import clsx from "clsx";
import { type FormEvent, type ReactNode, type RefObject, useEffect, useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { ErrorNote } from "@/components/ui/error-state";

/**
 * A form in a dialog: it is sent once at a time, and what went wrong is said in it, while what was written stays.
 * `onSubmit` closes the dialog when all is done; what it throws is shown.
 */
export function FormDialog({
  open = true,
  onClose,
  title,
  wide = false,
  initialFocus,
  action,
  cancel = "Cancel",
  problem,
  failure,
  lost,
  onSubmit,
  children,
}: {
  open?: boolean;
  onClose: () => void;
  title: ReactNode;
  wide?: boolean;
  initialFocus?: RefObject<HTMLElement | null>;
  /** The words of the button that does it: "Add queue". */
  action: ReactNode;
  cancel?: string;
  /** Why it can't be sent yet. */
  problem: string | undefined;
  /** "The queue was not added." */
  failure: string;
  /** What a failure left behind: "Nothing was changed." */
  lost?: string;
  onSubmit: () => Promise<void>;
  children: ReactNode;
}) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const formId = useId();
  useEffect(() => {
    if (!open) setError(undefined);
  }, [open]);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (problem !== undefined || busy) return;
    setBusy(true);
    setError(undefined);
    try {
      await onSubmit();
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={title}
      wide={wide}
      {...(initialFocus && { initialFocus })}
      footer={
        <>
          <Button size="lg" onClick={onClose}>
            {cancel}
          </Button>
          <Button size="lg" type="submit" form={formId} variant="primary" busy={busy} disabledReason={problem}>
            {action}
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit} className={clsx("flex flex-col", wide ? "gap-4" : "gap-3")}>
        {children}
        {error !== undefined && <ErrorNote title={failure} error={error} {...(lost !== undefined && { lost })} />}
      </form>
    </Dialog>
  );
}
