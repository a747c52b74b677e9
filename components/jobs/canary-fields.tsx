"use client";

import { Checkbox } from "@/components/ui/checkbox";
import { Field, Input } from "@/components/ui/field";
import { NumberField } from "@/components/ui/number-field";
import type { CanaryRequest } from "@/lib/api-client/jobs";

/** How a job goes, as a form holds it. */
export interface Pace {
  readonly steps: boolean;
  /** As typed: "1, 10, 100". */
  readonly sizes: string;
  readonly settleSeconds: number;
  readonly stopAtPercent: number;
  /** Messages a second; null is as fast as it goes. */
  readonly rate: number | null;
}

export const initialPace: Pace = { steps: true, sizes: "1, 10, 100", settleSeconds: 30, stopAtPercent: 10, rate: 50 };

const mostSteps = 10;

/** The step sizes that were typed; null where they are none. */
export function readSizes(text: string): number[] | null {
  const sizes = text.split(/[\s,;]+/).filter((word) => word !== "");
  if (sizes.length === 0 || sizes.length > mostSteps) return null;
  const numbers = sizes.map(Number);
  return numbers.every((size) => Number.isInteger(size) && size >= 1 && size <= 1_000_000) ? numbers : null;
}

/** What is wrong with a pace, as a sentence. */
export function paceProblem(pace: Pace): string | undefined {
  if (pace.steps && readSizes(pace.sizes) === null) return "Steps are whole numbers from 1, such as 1, 10, 100";
  return undefined;
}

/** A pace as the API takes it. */
export function paceRequest(pace: Pace): { rate: number | null; canary: CanaryRequest | false } {
  const sizes = pace.steps ? readSizes(pace.sizes) : null;
  return {
    rate: pace.rate,
    canary: sizes !== null && {
      steps: sizes,
      settle_ms: pace.settleSeconds * 1000,
      stop_at_failed_percent: pace.stopAtPercent,
    },
  };
}

/** Rate, and going in steps that prove themselves: for retries and replays. */
export function PaceFields({ pace, onChange }: { pace: Pace; onChange: (pace: Pace) => void }) {
  const problem = paceProblem(pace);
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="sr-only">How fast</legend>
      <Field label="Rate, empty is as fast as it goes">
        <NumberField
          className="w-40"
          min={0.1}
          max={100_000}
          unit="/s"
          placeholder="no limit"
          value={pace.rate}
          onChange={(rate) => onChange({ ...pace, rate })}
        />
      </Field>
      <Checkbox checked={pace.steps} onCheckedChange={(steps) => onChange({ ...pace, steps })}>
        Prove it on a few first, and stop when they fail again
      </Checkbox>
      {pace.steps && (
        <div className="grid grid-cols-[minmax(0,1fr)_104px_104px] gap-2 pl-5 phone:grid-cols-1 phone:pl-0">
          <Field label="Steps, then the rest" error={problem}>
            <Input mono value={pace.sizes} onChange={(event) => onChange({ ...pace, sizes: event.target.value })} />
          </Field>
          <Field label="Watch each for">
            <NumberField
              min={1}
              max={3600}
              unit="s"
              value={pace.settleSeconds}
              onChange={(settleSeconds) => onChange({ ...pace, settleSeconds: settleSeconds ?? 30 })}
            />
          </Field>
          <Field label="Stop at failed">
            <NumberField
              min={1}
              max={100}
              unit="%"
              value={pace.stopAtPercent}
              onChange={(stopAtPercent) => onChange({ ...pace, stopAtPercent: stopAtPercent ?? 10 })}
            />
          </Field>
        </div>
      )}
    </fieldset>
  );
}
