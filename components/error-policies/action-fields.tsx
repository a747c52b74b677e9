"use client";

import { useQuery } from "@tanstack/react-query";
import {
  type ActionForm,
  type ActionKind,
  initialAction,
  retryDelays,
} from "@/components/error-policies/policy-form-state";
import { actionWords } from "@/components/error-policies/policy-words";
import { Checkbox } from "@/components/ui/checkbox";
import { Combobox } from "@/components/ui/combobox";
import { Field, Input } from "@/components/ui/field";
import { NumberField } from "@/components/ui/number-field";
import { Segments } from "@/components/ui/segments";
import { Select } from "@/components/ui/select";
import { TextLink } from "@/components/ui/text-link";
import { defaultExchangeLabel, exchangesQuery } from "@/lib/api-client/exchanges";
import { notificationTargetsQuery } from "@/lib/api-client/notifications";
import { formatDuration } from "@/lib/format/times";

const kinds: readonly ActionKind[] = ["retry", "review", "dead_letter", "ignore", "notify"];
/** How deep "and then" may go: retry, then tell, then decide. */
const deepest = 3;

/** What a rule does, and what follows when that is not the end. */
export function ActionFields({
  vhost,
  action,
  onChange,
  label = "Do this",
  depth = 1,
}: {
  vhost: string;
  action: ActionForm;
  onChange: (action: ActionForm) => void;
  label?: string;
  depth?: number;
}) {
  const set = (part: Partial<ActionForm>) => onChange({ ...action, ...part });
  return (
    <div className="flex flex-col gap-2">
      <Field label={label}>
        <Select
          value={action.kind}
          options={kinds.map((value) => ({ value, label: actionWords[value] }))}
          onChange={(kind) => set({ kind })}
        />
      </Field>
      {action.kind === "retry" && <RetryFields action={action} set={set} />}
      {action.kind === "ignore" && (
        <Field label="Keep it in the trash for">
          <NumberField
            className="w-32"
            min={0.1}
            max={8760}
            unit="h"
            value={action.keepHours}
            onChange={(keepHours) => set({ keepHours: keepHours ?? initialAction.keepHours })}
          />
        </Field>
      )}
      {action.kind === "review" && (
        <Field label="A word for whoever decides">
          <Input value={action.note} maxLength={1000} onChange={(event) => set({ note: event.target.value })} />
        </Field>
      )}
      {action.kind === "dead_letter" && <DeadLetterFields vhost={vhost} action={action} set={set} />}
      {action.kind === "notify" && <Targets chosen={action.targets} onChange={(targets) => set({ targets })} />}
      {(action.kind === "retry" || action.kind === "notify") && (
        <Afterwards vhost={vhost} action={action} set={set} depth={depth} />
      )}
    </div>
  );
}

type SetPart = (part: Partial<ActionForm>) => void;

function RetryFields({ action, set }: { action: ActionForm; set: SetPart }) {
  const delays = retryDelays(action);
  return (
    <>
      <div>
        <Segments
          label="How the wait grows"
          value={action.backoff}
          onChange={(backoff) => set({ backoff })}
          options={[
            { value: "fixed", label: "Always the same" },
            { value: "linear", label: "Linear" },
            { value: "exponential", label: "Exponential" },
          ]}
        />
      </div>
      <div className="grid grid-cols-3 gap-2 phone:grid-cols-2">
        <Field label="First wait">
          <NumberField
            min={0}
            max={86_400}
            unit="s"
            value={action.baseSeconds}
            onChange={(baseSeconds) => set({ baseSeconds: baseSeconds ?? initialAction.baseSeconds })}
          />
        </Field>
        {action.backoff === "exponential" && (
          <Field label="Times, each">
            <NumberField
              min={1}
              max={100}
              step={0.5}
              value={action.factor}
              onChange={(factor) => set({ factor: factor ?? initialAction.factor })}
            />
          </Field>
        )}
        {action.backoff !== "fixed" && (
          <Field label="At most">
            <NumberField
              min={0}
              max={604_800}
              unit="s"
              placeholder="no limit"
              value={action.capSeconds}
              onChange={(capSeconds) => set({ capSeconds })}
            />
          </Field>
        )}
        <Field label="Spread by">
          <NumberField
            min={0}
            max={100}
            unit="%"
            value={action.jitterPercent}
            onChange={(jitterPercent) => set({ jitterPercent: jitterPercent ?? 0 })}
          />
        </Field>
        <Field label="Deliveries in all">
          <NumberField
            min={2}
            max={1000}
            value={action.maxAttempts}
            onChange={(maxAttempts) => set({ maxAttempts: maxAttempts ?? initialAction.maxAttempts })}
          />
        </Field>
      </div>
      <p className="text-12 text-ink-3">
        Waits {delays.map((delay) => formatDuration(delay)).join(", ")}
        {action.maxAttempts - 1 > delays.length && " and so on"}. The message stays in its queue as delayed.
      </p>
    </>
  );
}

function DeadLetterFields({ vhost, action, set }: { vhost: string; action: ActionForm; set: SetPart }) {
  const { data: exchanges } = useQuery(exchangesQuery(vhost));
  return (
    <div className="grid grid-cols-2 gap-2 phone:grid-cols-1">
      <Field label="Exchange">
        <Combobox
          mono
          value={action.exchange}
          onChange={(exchange) => set({ exchange: exchange ?? "" })}
          options={(exchanges ?? []).map((each) => ({
            value: each.name,
            label: each.name || defaultExchangeLabel,
            hint: each.type,
          }))}
          nothing="No exchange has this in its name"
        />
      </Field>
      <Field label="Routing key, empty is its own">
        <Input mono value={action.routingKey} onChange={(event) => set({ routingKey: event.target.value })} />
      </Field>
    </div>
  );
}

function Targets({ chosen, onChange }: { chosen: readonly string[]; onChange: (targets: readonly string[]) => void }) {
  const { data: targets } = useQuery(notificationTargetsQuery);
  const names = [...new Set([...(targets ?? []).map(({ name }) => name), ...chosen])];
  if (targets !== undefined && names.length === 0) {
    return (
      <p className="text-12 text-ink-2">
        There is nobody to tell yet.{" "}
        <TextLink href="/error-policies?tab=targets">Add a webhook, Slack or e-mail</TextLink> first.
      </p>
    );
  }
  return (
    <fieldset>
      <legend className="mb-1 text-12 text-ink-2">Whom to tell</legend>
      <div className="flex flex-wrap gap-x-4">
        {names.map((name) => (
          <Checkbox
            key={name}
            checked={chosen.includes(name)}
            onCheckedChange={(checked) =>
              onChange(checked ? [...chosen, name] : chosen.filter((each) => each !== name))
            }
          >
            {name}
          </Checkbox>
        ))}
      </div>
    </fieldset>
  );
}

function Afterwards({ vhost, action, set, depth }: { vhost: string; action: ActionForm; set: SetPart; depth: number }) {
  const { afterwards } = action;
  const way = typeof afterwards === "string" ? afterwards : "action";
  return (
    <div className="mt-1 flex flex-col gap-2 border-l-2 border-line pl-3">
      <Field label={action.kind === "retry" ? "When that was in vain" : "And then"}>
        <Select
          value={way}
          options={[
            { value: "next", label: "The next rule that matches" },
            { value: "default", label: "What happens without rules" },
            ...(depth < deepest ? [{ value: "action" as const, label: "This…" }] : []),
          ]}
          onChange={(chosen) =>
            set({ afterwards: chosen === "action" ? { ...initialAction, kind: "review" } : chosen })
          }
        />
      </Field>
      {typeof afterwards !== "string" && (
        <ActionFields
          vhost={vhost}
          action={afterwards}
          onChange={(next) => set({ afterwards: next })}
          label="This"
          depth={depth + 1}
        />
      )}
    </div>
  );
}
