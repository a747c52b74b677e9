"use client";

import { useState } from "react";
import type { DeadLetterActions } from "@/components/dead-letters/use-actions";
import {
  type DestinationChoice,
  DestinationFields,
  destinationOf,
  missingDestination,
  noDestination,
} from "@/components/messages/destination-fields";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { FormDialog } from "@/components/ui/form-dialog";
import type { DeadLetterSelection } from "@/lib/api-client/dead-letters";
import { restorableUntil } from "@/lib/api-client/trash";
import { formatNoun } from "@/lib/format/numbers";
import { formatDate } from "@/lib/format/times";

/** Which dead letters a dialog is about, and how many they are. */
export interface Target {
  readonly selection: DeadLetterSelection;
  readonly count: number;
  /** What they have in common, in words: "all that match reason:rejected". */
  readonly what?: string | undefined;
}

/** Above so many, the count has to be typed. */
const typeAbove = 10;

/** Asks before dead letters go to the trash. */
export function DiscardDialog({
  target,
  onDiscard,
  onClose,
}: {
  target: Target | null;
  /** Does it; the dialog shows an error that it throws. */
  onDiscard: (target: Target) => Promise<unknown>;
  onClose: () => void;
}) {
  const shown = useLast(target);
  if (!shown) return null;
  const letters = formatNoun(shown.count, "dead letter");
  return (
    <ConfirmDialog
      open={target !== null}
      onClose={onClose}
      title={`Discard ${letters}`}
      confirm={`Discard ${formatNoun(shown.count, "message")}`}
      keep={shown.count === 1 ? "Keep it" : "Keep them"}
      {...(shown.count > typeAbove && { typed: String(shown.count) })}
      failed="Nothing was discarded."
      onConfirm={() => onDiscard(shown)}
    >
      <p className="text-ink-2">
        {shown.what !== undefined && <span className="[overflow-wrap:anywhere]">{shown.what}. </span>}
        <b className="font-semibold text-ink">{letters}</b> {shown.count === 1 ? "goes" : "go"} to the trash and can be
        restored until {formatDate(restorableUntil(new Date()))}, in order and with{" "}
        {shown.count === 1 ? "its id" : "their ids"}. All other messages stay.
      </p>
      {"all" in shown.selection && (
        <p className="text-12 text-ink-3">
          Those that match when the server does it are meant; the answer says how many.
        </p>
      )}
    </ConfirmDialog>
  );
}

/** Sends dead letters somewhere else than where they died. */
export function RetryElsewhereDialog({
  vhost,
  target,
  actions,
  onClose,
}: {
  vhost: string;
  target: Target | null;
  actions: DeadLetterActions;
  onClose: () => void;
}) {
  const shown = useLast(target);
  const [choice, setChoice] = useState<DestinationChoice>({ ...noDestination, way: "queue" });
  const open = target !== null;
  if (!shown) return null;
  const missing = missingDestination(choice);

  const submit = async () => {
    await actions.retry(shown.selection, destinationOf(choice));
    onClose();
  };

  return (
    <FormDialog
      open={open}
      onClose={onClose}
      title={`Retry ${formatNoun(shown.count, "dead letter")} elsewhere`}
      action={`Send ${formatNoun(shown.count, "message")}`}
      problem={missing}
      failure="Nothing was sent."
      lost="The dead letters are where they were."
      onSubmit={submit}
    >
      <p className="text-ink-2">
        Each is gone from its dead-letter queue exactly when it is stored where it is sent. One that no queue takes
        stays.
      </p>
      <DestinationFields vhost={vhost} choice={choice} onChange={setChoice} />
    </FormDialog>
  );
}

/** The last target that was not null, so that a dialog keeps its words while it closes. */
function useLast(target: Target | null): Target | null {
  const [last, setLast] = useState(target);
  if (target !== null && target !== last) setLast(target);
  return target ?? last;
}
