"use client";

import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useMemo } from "react";
import { effectOf, type Subject } from "@/components/policies/policy-effect";
import { exchangeHref, queueHref } from "@/components/queues/links";
import { ErrorNote } from "@/components/ui/error-state";
import { Link } from "@/components/ui/link";
import { Skeleton } from "@/components/ui/skeleton";
import { VisibleText } from "@/components/ui/visible-text";
import { type Exchange, exchangesQuery } from "@/lib/api-client/exchanges";
import type { Policy, PolicyKind } from "@/lib/api-client/policies";
import { type Queue, queuesQuery } from "@/lib/api-client/queues";
import { formatCount, formatNoun } from "@/lib/format/numbers";

/** So many names are written out; the rest is counted. */
const mostNames = 40;

// What is picked stays the same object while only counts move, so that ten thousand names are not gone through again.
const selectQueues = {
  user: (queues: readonly Queue[]) => queues.map((queue) => subjectOf(queue, queue.policy)),
  operator: (queues: readonly Queue[]) => queues.map((queue) => subjectOf(queue, queue.operator_policy)),
} as const;
const selectExchanges = {
  user: (exchanges: readonly Exchange[]) => named(exchanges).map(({ name, policy }) => exchangeSubject(name, policy)),
  operator: (exchanges: readonly Exchange[]) =>
    named(exchanges).map(({ name, operator_policy: policy }) => exchangeSubject(name, policy)),
} as const;
const subjectOf = ({ type, name }: Queue, policy: string | null): Subject => ({ kind: "queue", type, name, policy });
const exchangeSubject = (name: string, policy: string | null): Subject => ({ kind: "exchange", name, policy });
const named = (exchanges: readonly Exchange[]) => exchanges.filter(({ name }) => name !== "");

/** Which queues and exchanges of the vhost a policy would apply to, were it saved as it stands. */
export function EffectView({
  kind,
  policy,
  others,
}: {
  kind: PolicyKind;
  policy: Policy;
  /** All policies of the kind in its vhost. */
  others: readonly Policy[];
}) {
  const { vhost } = policy;
  const queues = useQuery({ ...queuesQuery(vhost), select: selectQueues[kind] });
  const exchanges = useQuery({ ...exchangesQuery(vhost), select: selectExchanges[kind] });
  // Ten thousand names are gone through after what is typed has been shown.
  const candidate = useDeferredValue(policy);
  const effect = useMemo(
    () =>
      queues.data === undefined || exchanges.data === undefined
        ? undefined
        : effectOf(kind, candidate, others, [...queues.data, ...exchanges.data]),
    [queues.data, exchanges.data, kind, candidate, others],
  );
  const error = queues.error ?? exchanges.error;
  if (effect === undefined) {
    return error === null ? (
      <Skeleton width={200} />
    ) : (
      <ErrorNote title="What the policy matches could not be told." error={error} />
    );
  }
  if (effect.problem !== null) return <p className="text-12 text-danger">{effect.problem}</p>;
  const { applies, overruled, loses } = effect;
  return (
    <div className="flex flex-col gap-1.5 text-12">
      <p aria-live="polite">
        <b className="font-semibold">{applies.length === 0 ? "Nothing" : countWords(applies)}</b>{" "}
        {applies.length === 0 ? "gets it now; what is made later may." : "and what is made later"}
      </p>
      <Names vhost={vhost} subjects={applies} />
      {overruled.length > 0 && (
        <>
          <p className="text-ink-2">
            {formatCount(overruled.length)} more {overruled.length === 1 ? "matches" : "match"}, but another policy goes
            before:
          </p>
          <Names vhost={vhost} subjects={overruled.map(({ subject, by }) => ({ ...subject, hint: by }))} />
        </>
      )}
      {loses.length > 0 && (
        <>
          <p className="text-warn">
            {formatCount(loses.length)} {loses.length === 1 ? "that has it now loses it" : "that have it now lose it"}:
          </p>
          <Names vhost={vhost} subjects={loses} />
        </>
      )}
    </div>
  );
}

/** "2 queues and 1 exchange", without what there is none of. */
function countWords(subjects: readonly Subject[]): string {
  const queues = subjects.filter(({ kind }) => kind === "queue").length;
  const exchanges = subjects.length - queues;
  return [
    ...(queues > 0 ? [formatNoun(queues, "queue")] : []),
    ...(exchanges > 0 ? [formatNoun(exchanges, "exchange")] : []),
  ].join(" and ");
}

function Names({ vhost, subjects }: { vhost: string; subjects: readonly (Subject & { readonly hint?: string })[] }) {
  if (subjects.length === 0) return null;
  return (
    <ul className="flex flex-wrap gap-x-3 gap-y-1">
      {subjects.slice(0, mostNames).map(({ kind, name, hint }) => (
        <li key={`${kind} ${name}`} className="min-w-0 [overflow-wrap:anywhere]">
          {kind === "exchange" && <span className="text-ink-3">exchange </span>}
          <Link className="link mono" href={kind === "queue" ? queueHref(vhost, name) : exchangeHref(vhost, name)}>
            <VisibleText text={name} />
          </Link>
          {hint !== undefined && (
            <span className="text-ink-3">
              {" "}
              has <VisibleText text={hint} />
            </span>
          )}
        </li>
      ))}
      {subjects.length > mostNames && (
        <li className="text-ink-3">and {formatCount(subjects.length - mostNames)} more</li>
      )}
    </ul>
  );
}
