"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { type FormEvent, useState } from "react";
import { VisibleText } from "@/components/body/visible-text";
import { DefinitionFields } from "@/components/policies/definition-fields";
import { EffectView } from "@/components/policies/effect-view";
import {
  definitionWords,
  emptyForm,
  formOf,
  formProblem,
  othersProblem,
  type PolicyForm,
  policyOf,
  targetsOf,
  targetWords,
} from "@/components/policies/policy-form-state";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { ErrorNote } from "@/components/ui/error-state";
import { Field, Input, Textarea } from "@/components/ui/field";
import { Note } from "@/components/ui/note";
import { NumberField } from "@/components/ui/number-field";
import { Select } from "@/components/ui/select";
import { PanelHead } from "@/components/ui/split-view";
import { showDone } from "@/components/ui/toast";
import { deletePolicy, type Policy, type PolicyKind, policiesQuery, putPolicy } from "@/lib/api-client/policies";
import { vhostsQuery } from "@/lib/api-client/vhosts";

const called = { user: "policy", operator: "operator policy" } as const;

/** One policy: what it sets, for which names, and what that is now. */
export function PolicyPanel({
  kind,
  vhost,
  policy,
  forbidden,
  onClose,
  onSaved,
}: {
  kind: PolicyKind;
  /** Where a new one begins. */
  vhost: string;
  /** Null for a new one. */
  policy: Policy | null;
  forbidden: string | undefined;
  onClose: () => void;
  onSaved: (policy: Policy) => void;
}) {
  const client = useQueryClient();
  const [base, setBase] = useState(policy);
  const [form, setForm] = useState<PolicyForm>(() => (policy === null ? emptyForm(vhost) : formOf(kind, policy)));
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const [deleting, setDeleting] = useState(false);
  const { data: vhosts } = useQuery(vhostsQuery);
  const { data: others = [] } = useQuery(policiesQuery(kind, form.vhost));
  const set = (part: Partial<PolicyForm>) => setForm((before) => ({ ...before, ...part }));
  const taken = base === null && others.some(({ name }) => name === form.name);
  const problem = formProblem(form, taken);
  // Somebody else has saved it since this form was filled in.
  const moved = base !== null && policy !== null && JSON.stringify(base) !== JSON.stringify(policy);
  const targets = targetsOf(kind);
  const refresh = () => client.invalidateQueries({ queryKey: ["policies"] });

  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (busy || problem !== undefined || forbidden !== undefined) return;
    setBusy(true);
    setFailure(null);
    try {
      const saved = policyOf(form);
      await putPolicy(kind, saved);
      await refresh();
      void showDone({ message: `The ${called[kind]} ${saved.name} is in force` });
      onSaved(saved);
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };

  return (
    <>
      <PanelHead onClose={onClose}>
        <h2 className="clip-text">{base === null ? `New ${called[kind]}` : base.name}</h2>
      </PanelHead>
      <div className="min-h-0 flex-1 overflow-y-auto px-4 py-3">
        {moved && (
          <div className="mb-3">
            <Note tone="warn" role="status">
              <b className="font-semibold">Somebody has changed this policy meanwhile.</b> It now sets{" "}
              <VisibleText text={definitionWords(policy.definition)} /> for{" "}
              <code>
                <VisibleText text={policy.pattern} />
              </code>
              . Saving replaces that.{" "}
              <button
                type="button"
                className="link"
                onClick={() => {
                  setBase(policy);
                  setForm(formOf(kind, policy));
                }}
              >
                Show the policy as it is now
              </button>
            </Note>
          </div>
        )}
        <form aria-label="Policy" onSubmit={save} className="flex flex-col gap-3">
          {base === null && (
            <div className="grid grid-cols-2 gap-x-4 gap-y-3 phone:grid-cols-1">
              <Field label="Name" error={taken ? "Another policy has this name" : undefined}>
                <Input mono value={form.name} onChange={(event) => set({ name: event.target.value })} />
              </Field>
              <Field label="Virtual host">
                <Select
                  mono
                  value={form.vhost}
                  onChange={(next) => set({ vhost: next })}
                  options={(vhosts ?? [{ name: form.vhost }]).map(({ name }) => ({ value: name, label: name }))}
                />
              </Field>
            </div>
          )}
          <Field
            label="For names that match"
            hint={
              <>
                A regular expression: <code>^orders\.</code> matches what begins with “orders.”; empty matches all
              </>
            }
          >
            <Input mono value={form.pattern} onChange={(event) => set({ pattern: event.target.value })} />
          </Field>
          <div className="grid grid-cols-2 gap-x-4 gap-y-3 phone:grid-cols-1">
            <Field label="Of">
              <Select
                value={form.applyTo}
                onChange={(applyTo) => set({ applyTo })}
                options={
                  targets.some(({ value }) => value === form.applyTo)
                    ? targets
                    : [...targets, { value: form.applyTo, label: targetWords(form.applyTo) }]
                }
              />
            </Field>
            <Field label="Priority" hint="Of those that match, the highest applies">
              <NumberField
                value={form.priority}
                min={-(2 ** 31)}
                max={2 ** 31 - 1}
                onChange={(priority) => set({ priority: Math.round(priority ?? 0) })}
              />
            </Field>
          </div>
          <h3 className="mt-1 font-semibold">What it sets</h3>
          <DefinitionFields kind={kind} value={form.known} onChange={(known) => set({ known })} />
          {(kind === "user" || form.others !== "") && (
            <Field label="Other settings, as JSON" error={othersProblem(form)}>
              <Textarea
                value={form.others}
                rows={3}
                placeholder="{}"
                onChange={(event) => set({ others: event.target.value })}
              />
            </Field>
          )}
          <section aria-label="What it matches" className="flex flex-col gap-1">
            <h3 className="mt-1 font-semibold">What it matches</h3>
            <EffectView kind={kind} policy={{ ...policyOf({ ...form, others: "" }) }} others={others} />
          </section>
          {failure !== null && (
            <ErrorNote title="The policy was not saved." error={failure} lost="What was in force before still is." />
          )}
          <div className="flex flex-wrap items-center gap-2">
            <Button type="submit" variant="primary" size="lg" busy={busy} disabledReason={forbidden ?? problem}>
              {base === null ? "Add the policy" : "Save the policy"}
            </Button>
            {base !== null && (
              <Button
                variant="danger"
                size="lg"
                icon={<Trash2 className="icon-14" aria-hidden="true" />}
                disabledReason={forbidden}
                onClick={() => setDeleting(true)}
              >
                Delete…
              </Button>
            )}
          </div>
        </form>
      </div>
      {base !== null && (
        <ConfirmDialog
          open={deleting}
          onClose={() => setDeleting(false)}
          title={`Delete the ${called[kind]} ${base.name}`}
          typed={base.name}
          confirm="Delete the policy"
          keep="Keep it"
          failed="The policy is still there."
          onConfirm={async () => {
            await deletePolicy(kind, base);
            await refresh();
            onClose();
          }}
        >
          <p className="text-ink-2">
            At once its settings no longer hold: what matches gets the next policy that does, or none. Messages that
            wait are not deleted by that.
          </p>
        </ConfirmDialog>
      )}
    </>
  );
}
