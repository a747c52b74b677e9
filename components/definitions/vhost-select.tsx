import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";

const everything = "all";

/** Everything, or one virtual host; null is everything. */
export function VhostSelect({
  label,
  names,
  value,
  onChange,
}: {
  label: string;
  names: readonly string[];
  value: string | null;
  onChange: (vhost: string | null) => void;
}) {
  // A virtual host may have any name, so what stands for everything is told apart by what stands before it.
  return (
    <Field label={label} className="w-64 phone:w-full">
      <Select
        value={value === null ? everything : `vhost ${value}`}
        onChange={(chosen) => onChange(chosen === everything ? null : chosen.slice("vhost ".length))}
        options={[
          { value: everything, label: "The whole broker" },
          ...names.map((name) => ({ value: `vhost ${name}`, label: `Virtual host ${name}` })),
        ]}
      />
    </Field>
  );
}
