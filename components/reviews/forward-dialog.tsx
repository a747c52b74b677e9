"use client";

import { useState } from "react";
import {
  DestinationFields,
  destinationOf,
  missingDestination,
  noDestination,
} from "@/components/messages/destination-fields";
import { FormDialog } from "@/components/ui/form-dialog";
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
  const missing = missingDestination(choice);
  const submit = async () => {
    const to = destinationOf(choice);
    if (to === undefined) return;
    await onForward(to);
    onClose();
  };
  return (
    <FormDialog
      open={open}
      onClose={onClose}
      title="Forward the message"
      action="Forward it"
      problem={missing}
      failure="It was not forwarded."
      lost="The message waits as before."
      onSubmit={submit}
    >
      <DestinationFields vhost={vhost} choice={choice} onChange={setChoice} />
    </FormDialog>
  );
}
