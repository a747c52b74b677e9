"use client";

import { useQuery } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { failureReasons, type HeaderCondition, type PolicyForm } from "@/components/error-policies/policy-form-state";
import { reasonWords } from "@/components/error-policies/policy-words";
import { Button, IconButton } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Combobox } from "@/components/ui/combobox";
import { Field, Input } from "@/components/ui/field";
import { NumberField } from "@/components/ui/number-field";
import { Segments } from "@/components/ui/segments";
import { Select } from "@/components/ui/select";
import { queueCountsQuery } from "@/lib/api-client/queue-counts";

type SetPart = (part: Partial<PolicyForm>) => void;

/** Which failures a rule is for: in which queues, why, with which error, headers, deliveries and age. */
export function WhenFields({ vhost, form, set }: { vhost: string; form: PolicyForm; set: SetPart }) {
  const { data: queues } = useQuery(queueCountsQuery(vhost));
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <Segments
          label="In which queues"
          value={form.scope}
          onChange={(scope) => set({ scope })}
          options={[
            { value: "all", label: "Every queue" },
            { value: "queue", label: "One queue" },
            { value: "pattern", label: "Queues like" },
          ]}
        />
        {form.scope === "queue" && (
          <Combobox
            aria-label="Queue"
            className="w-52 shrink-0 phone:w-full"
            mono
            value={form.queue}
            onChange={(queue) => set({ queue })}
            placeholder="Part of its name"
            options={(queues ?? []).map(({ name }) => ({ value: name, label: name }))}
            nothing="No queue has this in its name"
          />
        )}
        {form.scope === "pattern" && (
          <Input
            aria-label="Pattern of the queues' names, a regex"
            className="max-w-60"
            mono
            placeholder="^webhooks\."
            value={form.pattern}
            onChange={(event) => set({ pattern: event.target.value })}
          />
        )}
      </div>
      <fieldset>
        <legend className="mb-1 text-12 text-ink-2">Because it was (none ticked: for any reason)</legend>
        <div className="flex flex-wrap gap-x-4">
          {failureReasons.map((reason) => (
            <Checkbox
              key={reason}
              checked={form.reasons.includes(reason)}
              onCheckedChange={(checked) =>
                set({
                  reasons: failureReasons.filter((each) => (each === reason ? checked : form.reasons.includes(each))),
                })
              }
            >
              {reasonWords[reason]}
            </Checkbox>
          ))}
        </div>
      </fieldset>
      <div className="grid grid-cols-2 gap-2 phone:grid-cols-1">
        <Field label="Error type like" hint="A regex; empty is any">
          <Input mono value={form.errorType} onChange={(event) => set({ errorType: event.target.value })} />
        </Field>
        <Field label="Error message like" hint="A regex; empty is any">
          <Input mono value={form.errorMessage} onChange={(event) => set({ errorMessage: event.target.value })} />
        </Field>
      </div>
      <Headers rows={form.headers} onChange={(headers) => set({ headers })} />
      <div className="grid grid-cols-4 gap-2 phone:grid-cols-2">
        <Field label="Deliveries from">
          <NumberField min={1} max={1000} value={form.minAttempts} onChange={(minAttempts) => set({ minAttempts })} />
        </Field>
        <Field label="to">
          <NumberField min={1} max={1000} value={form.maxAttempts} onChange={(maxAttempts) => set({ maxAttempts })} />
        </Field>
        <Field label="Age from">
          <NumberField
            min={0}
            unit="s"
            value={form.minAgeSeconds}
            onChange={(minAgeSeconds) => set({ minAgeSeconds })}
          />
        </Field>
        <Field label="to">
          <NumberField
            min={0}
            unit="s"
            value={form.maxAgeSeconds}
            onChange={(maxAgeSeconds) => set({ maxAgeSeconds })}
          />
        </Field>
      </div>
    </div>
  );
}

function Headers({
  rows,
  onChange,
}: {
  rows: readonly HeaderCondition[];
  onChange: (rows: readonly HeaderCondition[]) => void;
}) {
  const put = (key: string, part: Partial<HeaderCondition>) =>
    onChange(rows.map((row) => (row.key === key ? { ...row, ...part } : row)));
  return (
    <fieldset className="flex flex-col gap-1">
      <legend className="mb-1 text-12 text-ink-2">Headers, all of them</legend>
      {rows.map((row, index) => (
        <div key={row.key} className="flex items-center gap-2">
          <Input
            aria-label={`Name of header ${index + 1}`}
            className="max-w-44"
            mono
            placeholder="tenant"
            value={row.name}
            onChange={(event) => put(row.key, { name: event.target.value })}
          />
          <Select
            aria-label={`How header ${index + 1} is compared`}
            className="w-28 shrink-0"
            value={row.how}
            options={[
              { value: "present", label: "is there" },
              { value: "value", label: "is" },
              { value: "pattern", label: "is like" },
            ]}
            onChange={(how) => put(row.key, { how })}
          />
          {row.how !== "present" && (
            <Input
              aria-label={`Value of header ${index + 1}`}
              mono
              value={row.text}
              onChange={(event) => put(row.key, { text: event.target.value })}
            />
          )}
          <IconButton
            label={`Remove header ${index + 1}`}
            onClick={() => onChange(rows.filter(({ key }) => key !== row.key))}
          >
            <X className="icon-14" aria-hidden="true" />
          </IconButton>
        </div>
      ))}
      <span>
        <Button
          variant="ghost"
          icon={<Plus className="icon-14" aria-hidden="true" />}
          onClick={() =>
            onChange([...rows, { key: `${Date.now()} ${rows.length}`, name: "", how: "present", text: "" }])
          }
        >
          Add a header
        </Button>
      </span>
    </fieldset>
  );
}
