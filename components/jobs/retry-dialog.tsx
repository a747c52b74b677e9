"use client";

import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { initialPace, PaceFields, paceProblem, paceRequest } from "@/components/jobs/canary-fields";
import { useJobActions } from "@/components/jobs/use-job-actions";
import {
  type DestinationChoice,
  DestinationFields,
  destinationOf,
  missingDestination,
  noDestination,
} from "@/components/messages/destination-fields";
import { Checkbox } from "@/components/ui/checkbox";
import { ErrorNote } from "@/components/ui/error-state";
import { FormDialog } from "@/components/ui/form-dialog";
import { Note } from "@/components/ui/note";
import { VisibleText } from "@/components/ui/visible-text";
import { type Job, type JobPlan, type JobRequest, type JobSelection, jobPlanQuery } from "@/lib/api-client/jobs";
import { formatCount, formatNoun } from "@/lib/format/numbers";

/** Dead letters that a job is to retry. */
export interface RetryTarget {
  readonly vhost: string;
  readonly selection: JobSelection;
  /** As the list knows it; the plan says it exactly. */
  readonly count: number;
  /** What they have in common, in words. */
  readonly what?: string | undefined;
}

/** Plans a retry: how many, where to, how fast, in which steps; then begins the job. */
export function RetryDialog({
  target,
  elsewhere = false,
  onClose,
  onStarted,
}: {
  target: RetryTarget | null;
  /** Opens with a place to choose rather than where they died. */
  elsewhere?: boolean;
  onClose: () => void;
  onStarted: (job: Job) => void;
}) {
  const [last, setLast] = useState(target);
  if (target !== null && target !== last) setLast(target);
  const shown = target ?? last;
  if (!shown) return null;
  return (
    <RetryForm
      key={`${JSON.stringify(shown.selection)} ${elsewhere}`}
      open={target !== null}
      target={shown}
      elsewhere={elsewhere}
      onClose={onClose}
      onStarted={onStarted}
    />
  );
}

function RetryForm({
  open,
  target,
  elsewhere,
  onClose,
  onStarted,
}: {
  open: boolean;
  target: RetryTarget;
  elsewhere: boolean;
  onClose: () => void;
  onStarted: (job: Job) => void;
}) {
  const [choice, setChoice] = useState<DestinationChoice>({ ...noDestination, way: elsewhere ? "queue" : "origin" });
  const [pace, setPace] = useState(initialPace);
  const [skip, setSkip] = useState(false);
  const actions = useJobActions();
  const to = destinationOf(choice);
  const asked = useMemo(
    (): JobRequest => ({ kind: "retry", vhost: target.vhost, ...target.selection }),
    [target.vhost, target.selection],
  );
  const plan = useQuery(jobPlanQuery(open ? asked : null));
  const count = plan.data?.matched ?? target.count;
  const lost = choice.way === "origin" ? (plan.data?.without_origin ?? 0) : 0;
  const blocked =
    missingDestination(choice) ??
    paceProblem(pace) ??
    (plan.data?.matched === 0
      ? "Nothing is left to retry"
      : lost > 0 && !skip
        ? "Some have no queue to go back to: choose a place, or leave them"
        : undefined);

  const submit = async () => {
    const job = await actions.start({
      ...asked,
      ...paceRequest(pace),
      ...(to && { to }),
      ...(lost > 0 && { missing_origin: "skip" as const }),
    });
    onStarted(job);
    onClose();
  };

  return (
    <FormDialog
      open={open}
      onClose={onClose}
      title={`Retry ${formatNoun(count, "dead letter")}`}
      action={
        pace.steps
          ? `Begin with ${firstStep(pace.sizes, count)}`
          : `Retry ${formatNoun(count - (skip ? lost : 0), "message")}`
      }
      problem={blocked}
      failure="The retry was not begun."
      lost="The dead letters are where they were."
      onSubmit={submit}
    >
      {target.what !== undefined && (
        <p className="text-ink-2 [overflow-wrap:anywhere]">
          <VisibleText text={target.what} />. What matches when the job begins is meant; what dies later doesn't join.
        </p>
      )}
      <DestinationFields vhost={target.vhost} choice={choice} onChange={setChoice} origin="Where they died" />
      {choice.way === "origin" && <Origins plan={plan.data} skip={skip} onSkip={setSkip} />}
      <PaceFields pace={pace} onChange={setPace} />
      {plan.error !== null && (
        <ErrorNote title="What the retry would do could not be read." error={plan.error} lost="Nothing was sent." />
      )}
    </FormDialog>
  );
}

/** Which queues they go back to; those that are gone are named, and need a decision. */
function Origins({
  plan,
  skip,
  onSkip,
}: {
  plan: JobPlan | undefined;
  skip: boolean;
  onSkip: (skip: boolean) => void;
}) {
  if (plan === undefined) return <p className="text-12 text-ink-3">Looking where they came from…</p>;
  const gone = plan.origins.filter((origin) => !origin.exists);
  const back = plan.origins.filter((origin) => origin.exists);
  return (
    <>
      {back.length > 0 && (
        <p className="text-12 text-ink-2">
          Back to{" "}
          {back.slice(0, 5).map((origin, index) => (
            <span key={origin.queue}>
              {index > 0 && ", "}
              <span className="mono">
                <VisibleText text={origin.queue} />
              </span>{" "}
              ({formatCount(origin.count)})
            </span>
          ))}
          {back.length > 5 && ` and ${formatCount(back.length - 5)} more queues`}.
        </p>
      )}
      {plan.without_origin > 0 && (
        <Note tone="warn">
          <p>
            <b className="font-semibold">{formatNoun(plan.without_origin, "message")}</b> can't go back:{" "}
            {gone.length === 0
              ? "nothing tells which queue they came from"
              : gone
                  .slice(0, 5)
                  .map((origin) => origin.queue || "an unknown queue")
                  .join(", ")}
            {gone.length > 0 && (gone.length === 1 ? " is not there any more" : " are not there any more")}. Choose a
            place for all above, or leave them where they are.
          </p>
          <Checkbox checked={skip} onCheckedChange={onSkip}>
            Leave {formatCount(plan.without_origin)} where they are
          </Checkbox>
        </Note>
      )}
    </>
  );
}

function firstStep(sizes: string, count: number): string {
  const first = Number.parseInt(sizes, 10);
  return formatNoun(Number.isNaN(first) ? count : Math.min(first, count), "message");
}
