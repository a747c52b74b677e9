"use client";

import { useQuery } from "@tanstack/react-query";
import { History } from "lucide-react";
import { useCallback, useMemo, useState } from "react";
import { initialPace, PaceFields, paceProblem } from "@/components/jobs/canary-fields";
import { JobsHere, useJobCards } from "@/components/jobs/jobs-here";
import { useJobActions } from "@/components/jobs/use-job-actions";
import { DestinationFields, missingDestination, noDestination } from "@/components/messages/destination-fields";
import { useOneVhost, VhostNote } from "@/components/messages/one-vhost";
import { PlanView } from "@/components/replay/plan-view";
import {
  initialSource,
  missingSource,
  type ReplaySource,
  replayRequest,
  sourceRequest,
} from "@/components/replay/replay-request";
import { SourceFields } from "@/components/replay/source-fields";
import { useForbiddenChange } from "@/components/shell/permission";
import { withVhost } from "@/components/shell/vhost";
import { Button, ButtonLink } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/error-state";
import { PageHead } from "@/components/ui/page-head";
import { type Job, type JobRequest, jobPlanQuery } from "@/lib/api-client/jobs";
import { formatNoun } from "@/lib/format/numbers";

const isReplay = (job: Job) => job.kind === "replay";

/** Messages that were handled already, sent again: which, where to, how fast; what it would do is seen first. */
export function ReplayPage() {
  const { vhost, chosen } = useOneVhost();
  return <ReplayForm key={vhost} vhost={vhost} chosen={chosen} />;
}

function ReplayForm({ vhost, chosen }: { vhost: string; chosen: boolean }) {
  const [source, setSourceState] = useState<ReplaySource>(initialSource);
  const [choice, setChoice] = useState(noDestination);
  const [pace, setPace] = useState(initialPace);
  // What is looked at and what is replayed are the same messages: the end of "the last hour" is fixed when one looks.
  const [looked, setLooked] = useState<JobRequest | null>(null);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const jobs = useJobActions();
  const cards = useJobCards("replay");
  const forbidden = useForbiddenChange();
  const wanted = useMemo(
    () => (looked === null ? null : replayRequest(looked, choice, { ...pace, steps: false })),
    [looked, choice, pace],
  );
  const plan = useQuery(jobPlanQuery(missingDestination(choice) === undefined ? wanted : null));
  const setSource = (next: ReplaySource) => {
    setSourceState(next);
    setLooked(null);
    setFailure(null);
  };
  const missing = missingSource(source);
  const matched = plan.data?.matched;
  const blocked =
    forbidden ??
    missing ??
    missingDestination(choice) ??
    paceProblem(pace) ??
    (looked === null || matched === undefined
      ? "Look first which messages these are"
      : matched === 0
        ? "Nothing matches"
        : undefined);
  const concerns = useCallback(isReplay, []);

  const start = async () => {
    if (looked === null) return;
    setBusy(true);
    setFailure(null);
    try {
      const job = await jobs.start(replayRequest(looked, choice, pace));
      cards.keep(job.id);
      setLooked(null);
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };

  return (
    <>
      <PageHead
        title="Replay"
        note="Messages that were handled already, sent again"
        divided
        actions={<ButtonLink href={withVhost("/jobs?kind=replay", null)}>All replays</ButtonLink>}
      />
      <JobsHere name="replay" vhost={vhost} concerns={concerns} />
      <div className="grid min-h-0 flex-1 grid-cols-[minmax(0,1fr)_minmax(0,1fr)] narrow:block narrow:overflow-y-auto">
        <form
          aria-label="Replay"
          className="min-h-0 overflow-y-auto px-4 pt-3 pb-4 narrow:overflow-visible"
          onSubmit={(event) => {
            event.preventDefault();
            if (missing === undefined) setLooked(sourceRequest(vhost, source, new Date()));
          }}
        >
          {!chosen && <VhostNote inset vhost={vhost} what="Messages are replayed" />}
          <h2 className="mb-2">Which</h2>
          <SourceFields vhost={vhost} source={source} onChange={setSource} />
          <h2 className="mt-5 mb-2">Where to</h2>
          <DestinationFields vhost={vhost} choice={choice} onChange={setChoice} origin="Where it went" />
          <p className="mt-1 text-12 text-ink-3">
            {choice.way === "origin"
              ? source.from === "queue"
                ? "Into the same queue again, and no other."
                : "Through the same exchange with the same key: today's bindings decide."
              : "What is sent again carries the header x-replay-id, so that a consumer can tell."}
          </p>
          <h2 className="mt-5 mb-2">How fast</h2>
          <PaceFields pace={pace} onChange={setPace} />
          <div className="mt-5 flex flex-wrap items-center gap-2">
            <Button size="lg" type="submit" disabledReason={missing} busy={plan.isFetching}>
              Look which messages
            </Button>
            <Button
              size="lg"
              variant="primary"
              icon={<History className="icon-14" aria-hidden="true" />}
              busy={busy}
              disabledReason={blocked}
              onClick={() => void start()}
            >
              {matched === undefined
                ? "Replay"
                : `Replay ${plan.data?.exact === false ? "at least " : ""}${formatNoun(matched, "message")}`}
            </Button>
          </div>
          {failure !== null && (
            <div className="mt-3">
              <ErrorNote title="The replay was not begun." error={failure} lost="Nothing was sent." />
            </div>
          )}
        </form>
        <aside
          aria-label="What it would send"
          className="min-h-0 overflow-y-auto border-l border-line px-4 py-3 narrow:border-t narrow:border-l-0 narrow:overflow-visible"
        >
          <PlanView vhost={vhost} plan={plan.data} error={plan.error} looking={looked !== null} />
        </aside>
      </div>
    </>
  );
}
