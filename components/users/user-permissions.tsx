"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/error-state";
import { SectionHead } from "@/components/ui/page-head";
import { PatternList } from "@/components/users/pattern-list";
import { PermissionDialog } from "@/components/users/permission-dialog";
import { deletePermission, type Permission, permissionsQuery } from "@/lib/api-client/users";

/** What a user may do in which virtual host, with the ways to change it. */
export function UserPermissions({ user }: { user: string }) {
  const client = useQueryClient();
  const { data, error } = useQuery(permissionsQuery);
  const [editing, setEditing] = useState<Permission | "new" | null>(null);
  const here = data?.filter((permission) => permission.user === user);
  return (
    <section aria-label="Permissions">
      <SectionHead
        title="Permissions"
        note="names of queues and exchanges, as patterns"
        actions={
          <Button icon={<Plus className="icon-14" aria-hidden="true" />} onClick={() => setEditing("new")}>
            Add permission
          </Button>
        }
      />
      {error !== null && here === undefined && (
        <div className="px-4">
          <ErrorNote title="The permissions could not be read." error={error} lost="Nothing was changed." />
        </div>
      )}
      {here && (
        <PatternList
          label="Permissions"
          nothing="None: the user can't open any virtual host over AMQP."
          rows={here.map((permission) => ({
            id: permission.vhost,
            name: permission.vhost,
            patterns: { configure: permission.configure, write: permission.write, read: permission.read },
            edit: () => setEditing(permission),
            remove: async () => {
              await deletePermission(permission);
              await client.invalidateQueries({ queryKey: ["permissions"] });
            },
          }))}
          removal={(name) => `Take the permissions in ${name} away`}
        />
      )}
      {editing !== null && (
        <PermissionDialog
          user={user}
          permission={editing === "new" ? null : editing}
          taken={here?.map(({ vhost }) => vhost) ?? []}
          onClose={() => setEditing(null)}
        />
      )}
    </section>
  );
}
