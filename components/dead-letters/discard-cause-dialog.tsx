"use client";

import { causeTitle } from "@/components/dead-letters/cause-words";
import { useJobActions } from "@/components/jobs/use-job-actions";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { VisibleText } from "@/components/ui/visible-text";
import type { Group } from "@/lib/api-client/groups";
import type { Job } from "@/lib/api-client/jobs";
import { restorableUntil } from "@/lib/api-client/trash";
import { formatNoun } from "@/lib/format/numbers";
import { formatDate } from "@/lib/format/times";

/** Asks before all letters of a cause go to the trash; a job puts them there. */
export function DiscardCauseDialog({
  group,
  open,
  onClose,
  onStarted,
}: {
  group: Group;
  open: boolean;
  onClose: () => void;
  onStarted: (job: Job) => void;
}) {
  const { start } = useJobActions();
  const letters = formatNoun(group.count, "dead letter");
  return (
    <ConfirmDialog
      open={open}
      onClose={onClose}
      title={`Discard ${letters}`}
      confirm={`Discard ${formatNoun(group.count, "message")}`}
      keep="Keep them"
      typed={String(group.count)}
      failed="Nothing was discarded."
      onConfirm={async () =>
        onStarted(await start({ kind: "discard", vhost: group.vhost, all: true, group: group.id }))
      }
    >
      <p className="text-ink-2 [overflow-wrap:anywhere]">
        All of “<VisibleText text={causeTitle(group).slice(0, 160)} />
        ”: <b className="font-semibold text-ink">{letters}</b> go to the trash and can be restored until{" "}
        {formatDate(restorableUntil(new Date()))}, in order and with their ids. Other causes stay. What dies of it after
        this is not meant.
      </p>
    </ConfirmDialog>
  );
}
