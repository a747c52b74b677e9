import { settingsOf } from "@/components/policies/policy-form-state";
import { Field, Input } from "@/components/ui/field";
import { NumberField } from "@/components/ui/number-field";
import { Select } from "@/components/ui/select";
import type { PolicyKind } from "@/lib/api-client/policies";

/** The settings of a policy as labelled fields, each with its own name beside it. Empty fields set nothing. */
export function DefinitionFields({
  kind,
  value,
  onChange,
}: {
  kind: PolicyKind;
  value: Readonly<Record<string, unknown>>;
  onChange: (value: Readonly<Record<string, unknown>>) => void;
}) {
  const set = (name: string, next: unknown) => {
    const { [name]: _, ...others } = value;
    onChange(next === null || next === "" ? others : { ...others, [name]: next });
  };
  return (
    <div className="grid grid-cols-2 items-end gap-x-4 gap-y-3 phone:grid-cols-1">
      {settingsOf(kind).map((setting) => {
        const { name, label } = setting;
        const now = value[name];
        return (
          <Field
            key={name}
            label={
              <>
                {label} <code className="text-11 text-ink-3">{name}</code>
              </>
            }
          >
            {setting.kind === "number" ? (
              <NumberField
                value={typeof now === "number" ? now : null}
                onChange={(next) => set(name, next === null ? null : Math.round(next))}
                min={setting.min}
                {...(setting.unit !== undefined && { unit: setting.unit })}
              />
            ) : setting.kind === "choice" ? (
              <Select
                value={typeof now === "string" ? now : ""}
                onChange={(next) => set(name, next)}
                options={[
                  { value: "", label: "not set" },
                  ...setting.choices.map((choice) => ({ value: choice, label: choice })),
                ]}
              />
            ) : (
              <Input
                mono
                value={typeof now === "string" ? now : ""}
                onChange={(event) => set(name, event.target.value)}
              />
            )}
          </Field>
        );
      })}
    </div>
  );
}
