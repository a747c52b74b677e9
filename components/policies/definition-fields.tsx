import { doesSomething, type Setting, type SettingGroup } from "@/components/policies/policy-settings";
import { Field, Input } from "@/components/ui/field";
import { NumberField } from "@/components/ui/number-field";
import { Select } from "@/components/ui/select";
import type { PolicyTarget } from "@/lib/api-client/policies";
import { formatDuration } from "@/lib/format/times";

type Known = Readonly<Record<string, unknown>>;

/** The settings of a policy as labelled fields, each with its own name beside it. Empty fields set nothing. */
export function DefinitionFields({
  groups,
  target,
  value,
  onChange,
}: {
  groups: readonly SettingGroup[];
  target: PolicyTarget;
  value: Known;
  onChange: (value: Known) => void;
}) {
  const set = (name: string, next: unknown) => {
    const { [name]: _, ...others } = value;
    onChange(next === null || next === "" ? others : { ...others, [name]: next });
  };
  return groups.map(({ title, settings }) => (
    <fieldset key={title} className="min-w-0">
      <legend className="mb-1 text-12 font-semibold">{title}</legend>
      <div className="grid grid-cols-2 items-end gap-x-4 gap-y-2 phone:grid-cols-1">
        {settings.map((setting) => (
          <SettingField
            key={setting.name}
            setting={setting}
            value={value[setting.name]}
            idle={!doesSomething(setting, target)}
            onChange={(next) => set(setting.name, next)}
          />
        ))}
      </div>
    </fieldset>
  ));
}

function SettingField({
  setting,
  value,
  idle,
  onChange,
}: {
  setting: Setting;
  value: unknown;
  /** It does nothing to what the policy is about. */
  idle: boolean;
  onChange: (value: unknown) => void;
}) {
  const inWords = setting.kind === "number" && setting.unit === "ms" && typeof value === "number" && value >= 1_000;
  return (
    <Field
      label={
        <>
          {setting.label} <code className="text-11 text-ink-3">{setting.name}</code>
          {inWords && <span className="ml-1.5 text-ink">{formatDuration(value)}</span>}
        </>
      }
      {...(idle && { hint: "Does nothing to what this policy applies to" })}
    >
      {setting.kind === "number" ? (
        <NumberField
          value={typeof value === "number" ? value : null}
          onChange={(next) => onChange(next === null ? null : Math.round(next))}
          min={setting.min}
          {...(setting.unit !== undefined && { unit: setting.unit })}
        />
      ) : setting.kind === "choice" ? (
        <Select
          value={typeof value === "string" ? value : ""}
          onChange={onChange}
          options={[
            { value: "", label: "not set" },
            ...setting.choices.map((choice) => ({ value: choice, label: choice })),
          ]}
        />
      ) : (
        <Input mono value={typeof value === "string" ? value : ""} onChange={(event) => onChange(event.target.value)} />
      )}
    </Field>
  );
}
