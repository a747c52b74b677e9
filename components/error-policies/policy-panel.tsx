"use client";

import { useQueryClient } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { type FormEvent, useState } from "react";
import { ActionFields } from "@/components/error-policies/action-fields";
import {
  formOf,
  initialPolicy,
  type PolicyForm,
  policyOf,
  policyProblem,
} from "@/components/error-policies/policy-form-state";
import { Simulator } from "@/components/error-policies/simulator";
import { WhenFields } from "@/components/error-policies/when-fields";
import { useForbiddenPolicies } from "@/components/shell/permission";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { ErrorNote } from "@/components/ui/error-state";
import { Field, Input } from "@/components/ui/field";
import { Note } from "@/components/ui/note";
import { RelativeTime } from "@/components/ui/relative-time";
import { PanelHead } from "@/components/ui/split-view";
import { showDone } from "@/components/ui/toast";
import { ApiError } from "@/lib/api-client/client";
import { changePolicy, createPolicy, deletePolicy, type ErrorPolicy } from "@/lib/api-client/error-policies";
import { formatNoun } from "@/lib/format/numbers";

/** One rule: which failures, what happens to them, and what that would have changed. */
export function PolicyPanel({
  vhost,
  policy,
  policies,
  onClose,
  onSaved,
}: {
  vhost: string;
  /** Null for a new one. */
  policy: ErrorPolicy | null;
  /** All rules of the vhost, in order. */
  policies: readonly ErrorPolicy[];
  onClose: () => void;
  onSaved: (policy: ErrorPolicy) => void;
}) {
  const client = useQueryClient();
  const [base, setBase] = useState(policy);
  const [form, setForm] = useState<PolicyForm>(() => (policy === null ? initialPolicy : formOf(policy)));
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const [deleting, setDeleting] = useState(false);
  const forbidden = useForbiddenPolicies();
  const set = (part: Partial<PolicyForm>) => setForm((before) => ({ ...before, ...part }));
  const problem = policyProblem(form);
  const refresh = () => client.invalidateQueries({ queryKey: ["error-policies"] });
  // Somebody else has saved it since this form was filled in.
  const moved = policy !== null && base !== null && policy.version !== base.version;

  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (busy || problem !== undefined || forbidden !== undefined) return;
    setBusy(true);
    setFailure(null);
    try {
      const input = policyOf(form);
      const saved =
        base === null
          ? await createPolicy(vhost, input)
          : await changePolicy(vhost, base.id, { ...input, version: base.version });
      void showDone({
        message: base === null ? `The rule ${saved.name} is in force` : `The rule ${saved.name} is changed`,
      });
      setBase(saved);
      await refresh();
      onSaved(saved);
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };
  const takeTheirs = () => {
    if (policy === null) return;
    setBase(policy);
    setForm(formOf(policy));
    setFailure(null);
  };

  return (
    <>
      <PanelHead onClose={onClose}>
        <h2 className="clip-text">{base === null ? "New rule" : base.name}</h2>
      </PanelHead>
      <div className="min-h-0 flex-1 overflow-y-auto px-4 py-3">
        {base?.problem != null && (
          <div className="mb-3">
            <Note tone="warn">{base.problem}</Note>
          </div>
        )}
        {moved && (
          <div className="mb-3">
            <Note tone="warn" role="status">
              <b className="font-semibold">{policy.changed_by} has changed this rule meanwhile.</b> What you typed is
              still here; saving it would be refused.{" "}
              <button type="button" className="link" onClick={takeTheirs}>
                Show the rule as it is now
              </button>
            </Note>
          </div>
        )}
        <form aria-label="Rule" onSubmit={save} className="flex flex-col gap-3">
          <div className="grid grid-cols-[minmax(0,1fr)_auto] items-end gap-3">
            <Field label="Name">
              <Input value={form.name} maxLength={255} onChange={(event) => set({ name: event.target.value })} />
            </Field>
            <Checkbox checked={form.enabled} onCheckedChange={(enabled) => set({ enabled })}>
              in force
            </Checkbox>
          </div>
          <h3 className="mt-1 font-semibold">When a message fails</h3>
          <WhenFields vhost={vhost} form={form} set={set} />
          <h3 className="mt-1 font-semibold">What happens</h3>
          <ActionFields vhost={vhost} action={form.action} onChange={(action) => set({ action })} />
          {failure !== null && (
            <ErrorNote
              title={
                failure instanceof ApiError && failure.status === 409
                  ? "Somebody was first."
                  : "The rule was not saved."
              }
              error={failure}
              lost="The rule in force is as it was."
            />
          )}
          <div className="flex flex-wrap items-center gap-2">
            <Button type="submit" variant="primary" size="lg" busy={busy} disabledReason={forbidden ?? problem}>
              {base === null ? "Add the rule" : "Save the rule"}
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
            {base !== null && (
              <span className="text-12 text-ink-3">
                decided {formatNoun(base.uses.count, "failure")}
                {base.uses.last_at !== null && (
                  <>
                    , last <RelativeTime at={base.uses.last_at} />
                  </>
                )}
                ; changed by {base.changed_by} <RelativeTime at={base.changed_at} />
              </span>
            )}
          </div>
        </form>
        <Simulator vhost={vhost} id={base?.id ?? null} form={form} policies={policies} problem={problem} />
      </div>
      {base !== null && (
        <ConfirmDialog
          open={deleting}
          onClose={() => setDeleting(false)}
          title={`Delete the rule ${base.name}`}
          confirm="Delete the rule"
          keep="Keep it"
          failed="The rule is still there."
          onConfirm={async () => {
            await deletePolicy(base);
            await refresh();
            onClose();
          }}
        >
          <p className="text-ink-2">
            Failures that it decided until now are then decided by the rules below it, or as without rules. Messages
            that wait for their retry or for a person go on waiting.
          </p>
        </ConfirmDialog>
      )}
    </>
  );
}
