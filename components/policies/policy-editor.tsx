"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { type FormEvent, useState } from "react";
import { MovedNote } from "@/components/policies/moved-note";
import { PolicyFields } from "@/components/policies/policy-fields";
import {
  emptyForm,
  formOf,
  formProblem,
  type PolicyForm,
  policyOf,
  samePolicy,
} from "@/components/policies/policy-form-state";
import { called } from "@/components/policies/policy-words";
import { useForbiddenAdministration, useForbiddenPolicies } from "@/components/shell/permission";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { ErrorNote } from "@/components/ui/error-state";
import { PanelHead } from "@/components/ui/split-view";
import { showDone } from "@/components/ui/toast";
import { ApiError } from "@/lib/api-client/client";
import { deletePolicy, type Policy, type PolicyKind, policiesQuery, putPolicy } from "@/lib/api-client/policies";

/** One policy: for which names it is, what they are now, and what it sets. */
export function PolicyEditor({
  kind,
  vhost,
  policy,
  onClose,
  onAdded,
}: {
  kind: PolicyKind;
  /** Where a new one begins. */
  vhost: string;
  /** As it is now; null for a new one, and when it is deleted while it is open. */
  policy: Policy | null;
  onClose: () => void;
  onAdded: (policy: Policy) => void;
}) {
  const client = useQueryClient();
  const [policymaker, administrator] = [useForbiddenPolicies(), useForbiddenAdministration()];
  const forbidden = kind === "user" ? policymaker : administrator;
  // What the form was filled with; null for a new one.
  const [base, setBase] = useState(policy);
  const [form, setForm] = useState<PolicyForm>(() => (policy === null ? emptyForm(vhost) : formOf(kind, policy)));
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const [deleting, setDeleting] = useState(false);
  const { data: others = [] } = useQuery(policiesQuery(kind, form.vhost));
  const taken = base === null && others.some(({ name }) => name === form.name);
  const problem = formProblem(form, taken);
  const moved = !busy && base !== null && (policy === null || !samePolicy(base, policy));

  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (busy || problem !== undefined || forbidden !== undefined) return;
    setBusy(true);
    setFailure(null);
    const wanted = policyOf(form);
    try {
      // The API replaces whatever is there, without asking.
      mustBeAsKnown(base, await currentOf(wanted));
      await putPolicy(kind, wanted);
      await client.invalidateQueries({ queryKey: ["policies"] });
      void showDone({ message: `The ${called[kind]} ${wanted.name} is in force` });
      setBase((await currentOf(wanted)) ?? wanted);
      if (base === null) onAdded(wanted);
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };
  const currentOf = async ({ vhost, name }: Policy): Promise<Policy | undefined> => {
    const now = await client.fetchQuery({ ...policiesQuery(kind, vhost), staleTime: 0 });
    return now.find((each) => each.name === name);
  };
  const rebase = () => {
    setBase(policy);
    setFailure(null);
  };

  return (
    <>
      <PanelHead
        onClose={onClose}
        actions={
          base !== null && (
            <Button
              variant="danger"
              icon={<Trash2 className="icon-14" aria-hidden="true" />}
              disabledReason={forbidden}
              onClick={() => setDeleting(true)}
            >
              Delete…
            </Button>
          )
        }
      >
        <h2 className={base === null ? "clip-text" : "mono clip-text"} title={base?.name}>
          {base === null ? `New ${called[kind]}` : base.name}
        </h2>
      </PanelHead>
      <form aria-label="Policy" onSubmit={save} className="flex min-h-0 flex-1 flex-col">
        <div className="flex min-h-0 flex-1 flex-col gap-4 overflow-y-auto px-4 py-3">
          {moved && (
            <MovedNote
              policy={policy}
              onTake={() => {
                rebase();
                if (policy !== null) setForm(formOf(kind, policy));
              }}
              onKeep={rebase}
            />
          )}
          <PolicyFields
            kind={kind}
            form={form}
            isNew={base === null}
            taken={taken}
            others={others}
            onChange={(part) => setForm((before) => ({ ...before, ...part }))}
          />
        </div>
        <footer className="flex flex-col gap-2 border-t border-line bg-bg px-4 py-2">
          {failure !== null && (
            <ErrorNote
              title={
                failure instanceof ApiError && failure.status === 409
                  ? "Somebody was first."
                  : "The policy was not saved."
              }
              error={failure}
              lost="What was in force before still is."
            />
          )}
          <div className="flex flex-wrap items-center gap-2">
            <Button type="submit" variant="primary" size="lg" busy={busy} disabledReason={forbidden ?? problem}>
              {base === null ? "Add the policy" : "Save the policy"}
            </Button>
            <Button size="lg" onClick={onClose}>
              Cancel
            </Button>
          </div>
        </footer>
      </form>
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
            void showDone({ message: `The ${called[kind]} ${base.name} is deleted` });
            onClose();
            await client.invalidateQueries({ queryKey: ["policies"] });
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

/** Throws where somebody else has made, changed or deleted the policy since the form was filled in. */
function mustBeAsKnown(known: Policy | null, now: Policy | undefined): void {
  if (known === null) {
    if (now !== undefined) throw new ApiError(409, "conflict", `There is a policy ${now.name} already.`);
  } else if (now === undefined || !samePolicy(known, now)) {
    throw new ApiError(409, "conflict", `The policy ${known.name} was changed since you opened it.`);
  }
}
