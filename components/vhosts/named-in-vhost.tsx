"use client";

import { useQuery } from "@tanstack/react-query";
import type { RefObject } from "react";
import { Field, Input } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { vhostsQuery } from "@/lib/api-client/vhosts";

/** The name of something new, and the virtual host that it is to be in. */
export function NamedInVhost({
  name,
  onName,
  nameField,
  vhost,
  onVhost,
}: {
  name: string;
  onName: (name: string) => void;
  nameField: RefObject<HTMLInputElement | null>;
  vhost: string;
  onVhost: (vhost: string) => void;
}) {
  const vhosts = useQuery(vhostsQuery);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_200px] gap-4 phone:grid-cols-1">
      <Field label="Name">
        <Input ref={nameField} mono large value={name} onChange={(event) => onName(event.target.value)} />
      </Field>
      <Field label="Virtual host">
        <Select
          large
          mono
          value={vhost}
          onChange={onVhost}
          options={(vhosts.data ?? [{ name: vhost }]).map((each) => ({ value: each.name, label: each.name }))}
        />
      </Field>
    </div>
  );
}
