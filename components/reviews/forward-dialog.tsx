"use client";

import { type FormEvent, useId, useState } from "react";
import {
  DestinationFields,
  destinationOf,
  missingDestination,
  noDestination,
} from "@/components/messages/destination-fields";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { ErrorNote } from "@/components/ui/error-state";
import type { JobDestination } from "@/lib/api-client/jobs";

/** Asks where one message is to go. */
export function ForwardDialog({
  vhost,
  open,
  onClose,
  onForward,
}: {
  vhost: string;
  open: boolean;
  onClose: () => void;
  /** Does it; the dialog shows an error that it throws. */
  onForward: (to: JobDestination) => Promise<void>;
}) {
  const [choice, setChoice] = useState({ ...noDestination, way: "queue" as "queue" | "exchange" | "origin" });
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const formId = useId();
  const missing = missingDestination(choice);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const to = destinationOf(choice);
    if (to === undefined || missing !== undefined || busy) return;
    setBusy(true);
    setError(null);
    try {
      await onForward(to);
      onClose();
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
      title="Forward the message"
      footer={
        <>
          <Button size="lg" onClick={onClose}>
            Cancel
          </Button>
          <Button size="lg" variant="primary" type="submit" form={formId} busy={busy} disabledReason={missing}>
            Forward it
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit} className="flex flex-col gap-3">
        <DestinationFields vhost={vhost} choice={choice} onChange={setChoice} />
        {error !== null && (
          <ErrorNote title="It was not forwarded." error={error} lost="The message waits as before." />
        )}
      </form>
    </Dialog>
  );
}
