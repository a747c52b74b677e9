"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { limitIn, limitsOf } from "@/components/limits/limit-words";
import { Field } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { NumberField } from "@/components/ui/number-field";
import { showDone } from "@/components/ui/toast";
import { type Limited, type LimitKind, type LimitName, setLimit } from "@/lib/api-client/limits";
import { formatCount } from "@/lib/format/numbers";

const most = 2 ** 31 - 1;

/** Changes the limits of one virtual host or user. Draw it only while it is open. */
export function LimitsDialog({
  kind,
  of,
  forbidden,
  onClose,
}: {
  kind: LimitKind;
  /** As it is now. */
  of: Limited;
  forbidden: string | undefined;
  onClose: () => void;
}) {
  const client = useQueryClient();
  const [opened] = useState(of);
  const [values, setValues] = useState<{ readonly [Name in LimitName]?: number | null }>({});
  const wantedOf = (name: LimitName) => (values[name] === undefined ? limitIn(of, name) : values[name]);
  const changed = limitsOf(kind).filter(({ name }) => wantedOf(name) !== limitIn(of, name));

  const submit = async () => {
    try {
      for (const { name } of changed) await setLimit(kind, of.name, name, wantedOf(name));
      void showDone({ message: `The limits of ${of.name} are changed` });
      onClose();
    } finally {
      for (const root of ["limits", "users"]) void client.invalidateQueries({ queryKey: [root] });
    }
  };

  return (
    <FormDialog
      onClose={onClose}
      title={`Limits of ${of.name}`}
      action="Set the limits"
      problem={forbidden ?? (changed.length === 0 ? "Nothing is changed yet" : undefined)}
      failure="Not all limits were set."
      lost="The list behind this shows those that hold now."
      onSubmit={submit}
    >
      <div className="grid grid-cols-2 gap-x-4 gap-y-3 phone:grid-cols-1">
        {limitsOf(kind).map(({ name, label }) => (
          <Field
            key={name}
            label={
              <>
                {label} <code className="text-11 text-ink-3">{name}</code>
              </>
            }
            hint={hintOf(opened, of, name, wantedOf(name))}
          >
            <NumberField
              value={wantedOf(name)}
              min={0}
              max={most}
              placeholder="no limit"
              onChange={(value) => setValues({ ...values, [name]: value === null ? null : Math.round(value) })}
            />
          </Field>
        ))}
      </div>
      <p className="text-12 text-ink-2">
        Empty is no limit; 0 lets none in. What is there already stays: a limit only keeps new ones out.
      </p>
    </FormDialog>
  );
}

/** What there is now; and where somebody else has set another limit than `wanted` since the dialog was opened, that. */
function hintOf(opened: Limited, of: Limited, name: LimitName, wanted: number | null): string | undefined {
  const limit = limitIn(of, name);
  if (limitIn(opened, name) !== limit && wanted !== limit) {
    return `Somebody has set this meanwhile: ${limit === null ? "no limit" : formatCount(limit)}`;
  }
  const now = of.now[name];
  return now === undefined ? undefined : `${formatCount(now)} now`;
}
