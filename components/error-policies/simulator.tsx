"use client";

import { FlaskConical } from "lucide-react";
import { useState } from "react";
import { failureReasons, type PolicyForm, policyOf } from "@/components/error-policies/policy-form-state";
import { outcomeWords, reasonWords } from "@/components/error-policies/policy-words";
import { Button } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/error-state";
import { Field, Input } from "@/components/ui/field";
import { NumberField } from "@/components/ui/number-field";
import { RelativeTime } from "@/components/ui/relative-time";
import { Segments } from "@/components/ui/segments";
import { Select } from "@/components/ui/select";
import { Tag } from "@/components/ui/tag";
import { VisibleText } from "@/components/ui/visible-text";
import {
  type ErrorPolicy,
  type SimulatedFailure,
  type Simulation,
  type SimulationRequest,
  simulate,
} from "@/lib/api-client/error-policies";
import { formatCount, formatNoun } from "@/lib/format/numbers";

const mostShown = 50;
const lastFailures = 1000;

/** What the rule as it is typed, among the others, would have done: to the last failures, or to one made up. */
export function Simulator({
  vhost,
  id,
  form,
  policies,
  problem,
}: {
  vhost: string;
  /** Of the rule that is edited; null for a new one, which comes last. */
  id: number | null;
  form: PolicyForm;
  policies: readonly ErrorPolicy[];
  problem: string | undefined;
}) {
  const [about, setAbout] = useState<"last" | "one">("last");
  const [one, setOne] = useState({
    queue: "",
    reason: "rejected" as string,
    type: "",
    message: "",
    attempts: 1 as number | null,
  });
  const [result, setResult] = useState<Simulation | null>(null);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const missing = problem ?? (about === "one" && one.queue.trim() === "" ? "Say in which queue it fails" : undefined);

  const run = async () => {
    setBusy(true);
    setFailure(null);
    try {
      const edited = policyOf(form);
      const changed =
        id === null ? [...policies, edited] : policies.map((policy) => (policy.id === id ? { ...edited, id } : policy));
      const of: SimulationRequest["of"] =
        about === "last"
          ? { last: lastFailures }
          : {
              failure: {
                queue: one.queue.trim(),
                reason: one.reason,
                ...(one.type !== "" && { error_type: one.type }),
                ...(one.message !== "" && { error_message: one.message }),
                attempts: one.attempts ?? 1,
              },
            };
      setResult(await simulate(vhost, { policies: changed.map(inputOf), of }));
    } catch (error) {
      setFailure(error);
      setResult(null);
    } finally {
      setBusy(false);
    }
  };

  return (
    <section aria-label="Try it" className="mt-6 flex flex-col gap-2 border-t border-line pt-3">
      <h3 className="font-semibold">Try it, nothing happens</h3>
      <div className="flex flex-wrap items-center gap-2">
        <Segments
          label="Try it with"
          value={about}
          onChange={setAbout}
          options={[
            { value: "last", label: `The last ${formatCount(lastFailures)} failures` },
            { value: "one", label: "One made up" },
          ]}
        />
        <Button
          icon={<FlaskConical className="icon-14" aria-hidden="true" />}
          busy={busy}
          disabledReason={missing}
          onClick={() => void run()}
        >
          What would it do
        </Button>
      </div>
      {about === "one" && (
        <div className="grid grid-cols-2 gap-2 phone:grid-cols-1">
          <Field label="Queue">
            <Input mono value={one.queue} onChange={(event) => setOne({ ...one, queue: event.target.value })} />
          </Field>
          <Field label="Reason">
            <Select
              value={one.reason}
              options={failureReasons.map((value) => ({ value: value as string, label: reasonWords[value] ?? value }))}
              onChange={(reason) => setOne({ ...one, reason })}
            />
          </Field>
          <Field label="Error type">
            <Input mono value={one.type} onChange={(event) => setOne({ ...one, type: event.target.value })} />
          </Field>
          <Field label="Error message">
            <Input mono value={one.message} onChange={(event) => setOne({ ...one, message: event.target.value })} />
          </Field>
          <Field label="Deliveries so far">
            <NumberField
              min={1}
              max={1000}
              value={one.attempts}
              onChange={(attempts) => setOne({ ...one, attempts })}
            />
          </Field>
        </div>
      )}
      {failure !== null && <ErrorNote title="It could not be tried." error={failure} lost="Nothing happened." />}
      {result !== null && <Result result={result} />}
    </section>
  );
}

/** A rule that is in force, as the simulator takes it. */
function inputOf(policy: ErrorPolicy | (ReturnType<typeof policyOf> & { id?: number })) {
  const { name, enabled, queue, pattern, when, action } = policy;
  return { name, enabled, queue, pattern, when, action, ...(policy.id !== undefined && { id: policy.id }) };
}

function Result({ result }: { result: Simulation }) {
  if (result.failures === 0) return <p className="text-12 text-ink-2">Nothing has failed yet that is still known.</p>;
  const items = result.items.filter(({ changed, was }) => changed || was === null).slice(0, mostShown);
  return (
    <div aria-live="polite">
      <p>
        <b className="font-semibold">{formatCount(result.changed)}</b> of {formatNoun(result.failures, "failure")} would
        have come to something else.
        {!result.complete && <span className="text-ink-3"> Older ones were not looked through.</span>}
      </p>
      {result.summary.length > 0 && (
        <ul className="my-2 divide-y divide-line border-y border-line text-12">
          {result.summary.map(({ before, after, count }) => (
            <li key={`${before} ${after}`} className="flex gap-3 py-1">
              <b className="w-12 shrink-0 text-right font-semibold">{formatCount(count)}</b>
              <span className="text-ink-2">
                {before === "" ? "" : `${before.replaceAll("_", " ")}, now `}
                <span className={before === after ? undefined : "text-ink"}>{after.replaceAll("_", " ")}</span>
              </span>
            </li>
          ))}
        </ul>
      )}
      <ul className="flex flex-col gap-1 text-12">
        {items.map((item, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a made-up failure has no other name.
          <li key={index}>
            <Failure item={item} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Failure({ item }: { item: SimulatedFailure }) {
  return (
    <>
      <span className="mono">
        <VisibleText text={item.queue} />
      </span>{" "}
      <span className="text-ink-2">
        <VisibleText
          text={(
            [item.error_type, item.error_message].filter(Boolean).join(": ") ||
            (reasonWords[item.reason] ?? item.reason)
          ).slice(0, 160)}
        />
        {item.at !== null && (
          <>
            {" "}
            <RelativeTime at={item.at} />
          </>
        )}
      </span>{" "}
      {item.was !== null && <>was {outcomeWords[item.was.outcome]}, </>}
      <Tag tone="accent">{outcomeWords[item.would.outcome]}</Tag>
      {item.would.policy !== null && <> by {item.would.policy}</>}
      {item.would.notifies.length > 0 && <>, {item.would.notifies.join(", ")} told</>}
      {item.rules && (
        <ul className="mt-1 list-disc pl-5 text-ink-2">
          {item.rules.map((rule) => (
            <li key={rule.policy}>
              {rule.policy}: {rule.matches ? "matches" : `doesn't match${rule.why === null ? "" : `: ${rule.why}`}`}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
