import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { DefinitionFields } from "@/components/policies/definition-fields";
import { EffectView } from "@/components/policies/effect-view";
import { othersProblem, type PolicyForm, targetsOf, targetWords } from "@/components/policies/policy-form-state";
import { shownGroups } from "@/components/policies/policy-settings";
import { Field, Input, Textarea } from "@/components/ui/field";
import { NumberField } from "@/components/ui/number-field";
import { Select } from "@/components/ui/select";
import type { Policy, PolicyKind } from "@/lib/api-client/policies";
import { vhostsQuery } from "@/lib/api-client/vhosts";

const pair = "grid grid-cols-2 gap-x-4 gap-y-3 phone:grid-cols-1";
const most = 2 ** 31 - 1;

/** The fields of a policy, with what its pattern matches right below it. */
export function PolicyFields({
  kind,
  form,
  isNew,
  taken,
  others,
  onChange,
}: {
  kind: PolicyKind;
  form: PolicyForm;
  isNew: boolean;
  /** Another policy has the name. */
  taken: boolean;
  /** All policies of the kind in the vhost. */
  others: readonly Policy[];
  onChange: (part: Partial<PolicyForm>) => void;
}) {
  const { data: vhosts } = useQuery({ ...vhostsQuery, enabled: isNew });
  const targets = targetsOf(kind);
  const { vhost, name, pattern, applyTo, priority } = form;
  // What it sets doesn't change what it matches.
  const candidate = useMemo(
    (): Policy => ({ vhost, name, pattern, "apply-to": applyTo, priority, definition: {} }),
    [vhost, name, pattern, applyTo, priority],
  );
  return (
    <>
      {isNew && (
        <div className={pair}>
          <Field label="Name" error={taken ? "Another policy has this name." : undefined}>
            <Input mono value={form.name} onChange={(event) => onChange({ name: event.target.value })} />
          </Field>
          <Field label="Virtual host">
            <Select
              mono
              value={form.vhost}
              onChange={(vhost) => onChange({ vhost })}
              options={[...new Set([...(vhosts ?? []).map((each) => each.name), vhost])].map((each) => ({
                value: each,
                label: each,
              }))}
            />
          </Field>
        </div>
      )}
      <div className="flex flex-col gap-2">
        <Field
          label="Pattern"
          hint={
            <>
              A regular expression that names match: <code>^orders\.</code> is all that begin with “orders.”; empty is
              all
            </>
          }
        >
          <Input mono value={form.pattern} onChange={(event) => onChange({ pattern: event.target.value })} />
        </Field>
        <div className={pair}>
          <Field label="Apply to">
            <Select
              value={form.applyTo}
              onChange={(applyTo) => onChange({ applyTo })}
              options={
                targets.some(({ value }) => value === form.applyTo)
                  ? targets
                  : [...targets, { value: form.applyTo, label: targetWords(form.applyTo) }]
              }
            />
          </Field>
          <Field label="Priority" hint="Of those that match, the highest holds">
            <NumberField
              value={form.priority}
              min={-most - 1}
              max={most}
              onChange={(priority) => onChange({ priority: Math.round(priority ?? 0) })}
            />
          </Field>
        </div>
        <section
          aria-label="What it matches"
          className="max-h-40 min-h-15 overflow-y-auto rounded-5 bg-sunken px-3 py-2"
        >
          <EffectView kind={kind} policy={candidate} others={others} />
        </section>
      </div>
      <DefinitionFields
        groups={shownGroups(kind, form.applyTo, form.known)}
        target={form.applyTo}
        value={form.known}
        onChange={(known) => onChange({ known })}
      />
      {(kind === "user" || form.others !== "") && (
        <Field
          label="Other settings, as JSON"
          hint={
            <>
              What has no field, and empty values: <code>{'{"dead-letter-exchange": ""}'}</code> is the default exchange
            </>
          }
          error={othersProblem(form)}
        >
          <Textarea value={form.others} rows={3} onChange={(event) => onChange({ others: event.target.value })} />
        </Field>
      )}
    </>
  );
}
