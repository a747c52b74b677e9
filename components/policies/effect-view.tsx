"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { type ReactNode, useDeferredValue, useMemo } from "react";
import { effectOf, type Subject } from "@/components/policies/policy-effect";
import { exchangeHref, queueHref } from "@/components/queues/links";
import { ErrorNote } from "@/components/ui/error-state";
import { Note } from "@/components/ui/note";
import { Skeleton } from "@/components/ui/skeleton";
import { exchangesQuery } from "@/lib/api-client/exchanges";
import type { Policy, PolicyKind } from "@/lib/api-client/policies";
import { queuesQuery } from "@/lib/api-client/queues";
import { formatCount, formatNoun } from "@/lib/format/numbers";

/** So many names are written out; the rest is counted. */
const mostNames = 50;

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
  const queues = useQuery(queuesQuery(policy.vhost));
  const exchanges = useQuery(exchangesQuery(policy.vhost));
  // Ten thousand names are gone through after what is typed has been shown.
  const candidate = useDeferredValue(policy);
  const subjects = useMemo(() => {
    if (queues.data === undefined || exchanges.data === undefined) return undefined;
    const has = (one: { policy: string | null; operator_policy: string | null }) =>
      kind === "user" ? one.policy : one.operator_policy;
    return [
      ...queues.data.map(
        (queue): Subject => ({ kind: "queue", type: queue.type, name: queue.name, policy: has(queue) }),
      ),
      ...exchanges.data
        .filter(({ name }) => name !== "")
        .map((exchange): Subject => ({ kind: "exchange", name: exchange.name, policy: has(exchange) })),
    ];
  }, [queues.data, exchanges.data, kind]);
  const effect = useMemo(
    () => (subjects === undefined ? undefined : effectOf(kind, candidate, others, subjects)),
    [kind, candidate, others, subjects],
  );
  const error = queues.error ?? exchanges.error;
  if (effect === undefined) {
    return error === null ? (
      <Skeleton width={200} />
    ) : (
      <ErrorNote title="What the policy matches could not be told." error={error} />
    );
  }
  if (effect.problem !== null) return <Note tone="danger">{effect.problem}</Note>;
  const { applies, overruled, loses } = effect;
  const counts = [
    formatNoun(applies.filter((subject) => subject.kind === "queue").length, "queue"),
    formatNoun(applies.filter((subject) => subject.kind === "exchange").length, "exchange"),
  ];
  return (
    <div className="flex flex-col gap-2 text-12" aria-live="polite">
      <p>
        <b className="font-semibold">{applies.length === 0 ? "Nothing" : counts.join(" and ")}</b> in{" "}
        <code>{policy.vhost}</code> {applies.length === 0 ? "gets this policy now; new queues may." : "now."}
      </p>
      <Names vhost={policy.vhost} subjects={applies} />
      {overruled.length > 0 && (
        <>
          <p className="text-ink-2">
            {formatCount(overruled.length)} more {overruled.length === 1 ? "matches, but has" : "match, but have"}{" "}
            another policy with a higher priority, or the same and a name before this one:
          </p>
          <Names
            vhost={policy.vhost}
            subjects={overruled.map(({ subject }) => subject)}
            hint={(index) => overruled[index]?.by}
          />
        </>
      )}
      {loses.length > 0 && (
        <>
          <p className="text-warn">{formatCount(loses.length)} that have it now would lose it:</p>
          <Names vhost={policy.vhost} subjects={loses} />
        </>
      )}
    </div>
  );
}

function Names({
  vhost,
  subjects,
  hint,
}: {
  vhost: string;
  subjects: readonly Subject[];
  hint?: (index: number) => ReactNode;
}) {
  if (subjects.length === 0) return null;
  return (
    <ul className="flex flex-wrap gap-x-3 gap-y-1">
      {subjects.slice(0, mostNames).map((subject, index) => (
        <li key={`${subject.kind} ${subject.name}`} className="min-w-0 [overflow-wrap:anywhere]">
          <Link
            className="link mono"
            href={subject.kind === "queue" ? queueHref(vhost, subject.name) : exchangeHref(vhost, subject.name)}
          >
            {subject.name}
          </Link>
          {(subject.kind === "exchange" || hint) && <span className="text-ink-3"> {hint?.(index) ?? "exchange"}</span>}
        </li>
      ))}
      {subjects.length > mostNames && (
        <li className="text-ink-3">and {formatCount(subjects.length - mostNames)} more</li>
      )}
    </ul>
  );
}
