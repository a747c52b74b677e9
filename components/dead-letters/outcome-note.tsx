"use client";

import { CircleSlash, X } from "lucide-react";
import type { DeadLetterActions } from "@/components/dead-letters/use-actions";
import { IconButton } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/error-state";
import { Note } from "@/components/ui/note";
import { VisibleText } from "@/components/ui/visible-text";
import { formatCount, formatNoun } from "@/lib/format/numbers";

/** What the last action left untouched and why, or why it failed. It stays until it is dismissed. */
export function OutcomeNote({ actions }: { actions: DeadLetterActions }) {
  const { outcome, failure, dismiss } = actions;
  if (failure === null && outcome === null) return null;
  return (
    <div className="relative px-4 py-2">
      {failure !== null ? (
        <ErrorNote title="Nothing was retried." error={failure} lost="The dead letters are where they were." />
      ) : (
        outcome && <Skipped {...outcome} />
      )}
      <span className="absolute top-2.5 right-5">
        <IconButton label="Dismiss" onClick={dismiss}>
          <X className="icon-14" aria-hidden="true" />
        </IconButton>
      </span>
    </div>
  );
}

function Skipped({ verb, result }: NonNullable<DeadLetterActions["outcome"]>) {
  const reasons = new Map<string, number>();
  for (const { why } of result.skipped) reasons.set(why, (reasons.get(why) ?? 0) + 1);
  const listed = [...reasons].sort((one, other) => other[1] - one[1]);
  const unlisted = result.skipped_count - result.skipped.length;
  return (
    <Note tone="warn" role="alert" icon={<CircleSlash aria-hidden="true" />}>
      <p className="pr-8">
        <b className="font-semibold">
          {formatCount(result.done)} of {formatNoun(result.matched, "message")} {verb};{" "}
          {formatCount(result.skipped_count)} left untouched.
        </b>
      </p>
      <ul>
        {listed.map(([why, count]) => (
          <li key={why}>
            {formatCount(count)}: <VisibleText text={why} />
          </li>
        ))}
        {unlisted > 0 && <li>{formatCount(unlisted)} more, not listed</li>}
      </ul>
    </Note>
  );
}
