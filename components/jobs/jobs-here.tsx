"use client";

import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo } from "react";
import { LiveJobCard } from "@/components/jobs/live-job-card";
import { useRemembered } from "@/components/ui/remembered";
import { type Job, jobQuery, unfinishedJobsQuery } from "@/lib/api-client/jobs";

const none: readonly string[] = [];
/** Older ones can be found on the page of the jobs. */
const mostCards = 5;

/**
 * The jobs whose cards this browser keeps on a page.
 * @param name of the page
 */
export function useJobCards(name: string) {
  const [kept, setKept] = useRemembered<readonly string[]>(`jobs.${name}`, none);
  const keep = useCallback(
    (...ids: readonly string[]) => setKept([...new Set([...ids, ...kept])].slice(0, mostCards)),
    [kept, setKept],
  );
  const drop = useCallback((id: string) => setKept(kept.filter((each) => each !== id)), [kept, setKept]);
  return { kept, keep, drop };
}

/**
 * The cards of the jobs that have to do with a page. A card stays when its job is over, until it is dismissed.
 * @param name under which this browser remembers the cards
 * @param concerns whether a job has to do with this page
 */
export function JobsHere({
  name,
  vhost,
  concerns,
}: {
  name: string;
  vhost: string | null;
  concerns: (job: Job) => boolean;
}) {
  const { data: unfinished } = useQuery(unfinishedJobsQuery(vhost));
  const { kept, keep, drop } = useJobCards(name);
  const begun = useMemo(
    () => (unfinished ?? []).filter((job) => concerns(job) && !kept.includes(job.id)).map(({ id }) => id),
    [unfinished, concerns, kept],
  );
  useEffect(() => {
    if (begun.length > 0) keep(...begun);
  }, [begun, keep]);
  if (kept.length === 0) return null;
  return (
    <div className="flex shrink-0 flex-col gap-2 px-4 py-2">
      {kept.map((id) => (
        <KeptCard key={id} id={id} concerns={concerns} onDismiss={() => drop(id)} />
      ))}
    </div>
  );
}

function KeptCard({ id, concerns, onDismiss }: { id: string; concerns: (job: Job) => boolean; onDismiss: () => void }) {
  const { data } = useQuery(jobQuery(id));
  return data && concerns(data) ? <LiveJobCard job={data} onDismiss={onDismiss} /> : null;
}
