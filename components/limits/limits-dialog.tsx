"use client";

import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { limitsOf } from "@/components/limits/limit-words";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { ErrorNote } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { NumberField } from "@/components/ui/number-field";
import { type Limited, type LimitKind, setLimit } from "@/lib/api-client/limits";

/** Changes the limits of one virtual host or user. */
export function LimitsDialog({ kind, of, onClose }: { kind: LimitKind; of: Limited; onClose: () => void }) {
  const client = useQueryClient();
  const [values, setValues] = useState<Readonly<Record<string, number | null>>>(() =>
    Object.fromEntries(limitsOf(kind).map(({ name }) => [name, limitIn(of, name)])),
  );
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const formId = useId();
  const changed = limitsOf(kind).filter(({ name }) => values[name] !== limitIn(of, name));

  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (busy || changed.length === 0) return;
    setBusy(true);
    setFailure(null);
    try {
      for (const { name } of changed) await setLimit(kind, of.name, name, values[name] ?? null);
      onClose();
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
      for (const root of ["limits", "users", "vhosts"]) void client.invalidateQueries({ queryKey: [root] });
    }
  };

  return (
    <Dialog
      open
      onClose={onClose}
      title={`Limits of ${of.name}`}
      footer={
        <>
          <Button size="lg" onClick={onClose}>
            Cancel
          </Button>
          <Button
            size="lg"
            type="submit"
            form={formId}
            variant="primary"
            busy={busy}
            disabledReason={changed.length === 0 ? "Nothing is changed yet" : undefined}
          >
            Set the limits
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={save} className="flex flex-col gap-3">
        {limitsOf(kind).map(({ name, label }) => (
          <Field
            key={name}
            label={
              <>
                {label} <code className="text-11 text-ink-3">{name}</code>
              </>
            }
          >
            <NumberField
              value={values[name] ?? null}
              min={0}
              max={2 ** 31 - 1}
              placeholder="no limit"
              onChange={(value) => setValues({ ...values, [name]: value === null ? null : Math.round(value) })}
            />
          </Field>
        ))}
        <p className="text-12 text-ink-2">
          An empty field is no limit; 0 lets none in. What is there already stays: a limit only keeps new ones out.
        </p>
        {failure !== null && (
          <ErrorNote
            title="Not all limits were set."
            error={failure}
            lost="The list behind this shows those that hold now."
          />
        )}
      </form>
    </Dialog>
  );
}

/** Null is none; -1 is RabbitMQ's word for it. */
function limitIn(of: Limited, name: string): number | null {
  const value = of.limits[name] ?? -1;
  return value < 0 ? null : value;
}
