"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/error-state";
import { SectionHead } from "@/components/ui/page-head";
import { PatternList } from "@/components/users/pattern-list";
import { TopicPermissionDialog } from "@/components/users/topic-permission-dialog";
import { deleteTopicPermission, type TopicPermission, topicPermissionsQuery } from "@/lib/api-client/users";

/** Which routing keys a user may use at which topic exchanges, with the ways to change it. */
export function UserTopicPermissions({ user }: { user: string }) {
  const client = useQueryClient();
  const { data, error } = useQuery(topicPermissionsQuery);
  const [editing, setEditing] = useState<TopicPermission | "new" | null>(null);
  const here = data?.filter((permission) => permission.user === user);
  return (
    <section aria-label="Topic permissions">
      <SectionHead
        title="Topic permissions"
        note="routing keys, as patterns"
        actions={
          <Button icon={<Plus className="icon-14" aria-hidden="true" />} onClick={() => setEditing("new")}>
            Add topic permission
          </Button>
        }
      />
      {error !== null && here === undefined && (
        <div className="px-4">
          <ErrorNote title="The topic permissions could not be read." error={error} lost="Nothing was changed." />
        </div>
      )}
      {here && (
        <PatternList
          label="Topic permissions"
          nothing="None: every routing key is allowed at the topic exchanges that the permissions open."
          rows={here.map((permission) => ({
            id: `${permission.vhost} ${permission.exchange}`,
            name: `${permission.exchange} in ${permission.vhost}`,
            patterns: { write: permission.write, read: permission.read },
            edit: () => setEditing(permission),
            remove: async () => {
              await deleteTopicPermission(permission);
              await client.invalidateQueries({ queryKey: ["topic-permissions"] });
            },
          }))}
          removal={(name) => `Take the topic permission at ${name} away`}
        />
      )}
      {editing !== null && (
        <TopicPermissionDialog
          user={user}
          permission={editing === "new" ? null : editing}
          onClose={() => setEditing(null)}
        />
      )}
    </section>
  );
}
