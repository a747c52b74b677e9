"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { PatternDialog } from "@/components/users/pattern-dialog";
import { type Permission, putPermission } from "@/lib/api-client/users";
import { vhostsQuery } from "@/lib/api-client/vhosts";

const rights = {
  configure: "Declare and delete",
  write: "Publish and bind to",
  read: "Take messages from",
} as const;

/** Says what a user may do in one virtual host. Draw it only while it is open. */
export function PermissionDialog({
  user,
  permission,
  taken,
  onClose,
}: {
  user: string;
  /** Null for a new one. */
  permission: Permission | null;
  /** The virtual hosts that the user has permissions in already. */
  taken: readonly string[];
  onClose: () => void;
}) {
  const client = useQueryClient();
  const vhosts = useQuery(vhostsQuery);
  const free = (vhosts.data ?? []).map(({ name }) => name).filter((name) => !taken.includes(name));
  const [chosen, setChosen] = useState<string | null>(permission?.vhost ?? null);
  const [patterns, setPatterns] = useState({
    configure: permission?.configure ?? ".*",
    write: permission?.write ?? ".*",
    read: permission?.read ?? ".*",
  });
  const vhost = chosen ?? free[0];
  return (
    <PatternDialog
      title={permission === null ? `Permissions of ${user}` : `Permissions of ${user} in ${permission.vhost}`}
      problem={
        vhost === undefined && vhosts.data ? "The user has permissions in every virtual host already" : undefined
      }
      rights={rights}
      patterns={patterns}
      onChange={setPatterns}
      onClose={onClose}
      onSave={async () => {
        if (vhost === undefined) return;
        await putPermission({ user, vhost, ...patterns });
        await client.invalidateQueries({ queryKey: ["permissions"] });
      }}
    >
      {permission === null && (
        <Field label="Virtual host">
          <Select
            large
            mono
            value={vhost ?? ""}
            onChange={setChosen}
            options={free.map((name) => ({ value: name, label: name }))}
          />
        </Field>
      )}
    </PatternDialog>
  );
}
