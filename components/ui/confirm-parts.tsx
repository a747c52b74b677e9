"use client";

import { type FormEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { ErrorNote } from "@/components/ui/error-state";
import { Field, Input } from "@/components/ui/field";
import { typeableName } from "@/components/ui/visible-text";

export interface ConfirmProps {
  open: boolean;
  onClose: () => void;
  title: ReactNode;
  /** What goes (the exact count in bold), what stays, until when it can be undone. */
  children: ReactNode;
  /** What must be typed. */
  typed?: string;
  confirm: string;
  /** The way out: "Keep them". */
  keep?: string;
  /** The dialog closes when it is done, and shows the error when it fails. */
  onConfirm: () => Promise<unknown>;
  /** Said with an error: whether anything was lost. */
  failed?: string;
}

/** What ConfirmDialog shows, once it is asked for. */
export function ConfirmPopup({
  open,
  onClose,
  title,
  children,
  typed,
  confirm,
  keep = "Cancel",
  onConfirm,
  failed = "Nothing was changed.",
}: ConfirmProps) {
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const field = useRef<HTMLInputElement>(null);
  const way = useRef<HTMLButtonElement>(null);
  const formId = useId();
  // What can't be typed of a name (marks that hide, spaces at its ends) needn't be; pasted whole it is right as well.
  const wanted = typed === undefined ? undefined : typeableName(typed) || "yes";
  const matches = wanted === undefined || text === typed || text.trim() === wanted;

  useEffect(() => {
    if (open) return;
    setText("");
    setError(undefined);
    setBusy(false);
  }, [open]);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!matches || busy) return;
    setBusy(true);
    setError(undefined);
    try {
      await onConfirm();
      onClose();
    } catch (reason) {
      setError(reason);
      setBusy(false);
    }
  };

  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={title}
      initialFocus={typed === undefined ? way : field}
      footer={
        <>
          <Button size="lg" ref={way} onClick={onClose}>
            {keep}
          </Button>
          <Button
            size="lg"
            type="submit"
            form={formId}
            variant="danger-solid"
            busy={busy}
            disabledReason={matches ? undefined : `Type ${wanted} first`}
          >
            {confirm}
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit} className="flex flex-col gap-3">
        {children}
        {wanted !== undefined && (
          <Field
            label={
              <>
                Type <code className="font-semibold break-all text-ink">{wanted}</code> to confirm
              </>
            }
          >
            <Input ref={field} mono large value={text} onChange={(event) => setText(event.target.value)} />
          </Field>
        )}
        {error !== undefined && <ErrorNote title="It did not work." error={error} lost={failed} />}
      </form>
    </Dialog>
  );
}
