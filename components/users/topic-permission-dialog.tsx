"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Combobox } from "@/components/ui/combobox";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { PatternDialog } from "@/components/users/pattern-dialog";
import { exchangesQuery } from "@/lib/api-client/exchanges";
import { putTopicPermission, type TopicPermission } from "@/lib/api-client/users";
import { vhostsQuery } from "@/lib/api-client/vhosts";

const rights = { write: "Publish with keys like", read: "Bind with keys like" } as const;

/** Says which routing keys a user may use at one topic exchange. Draw it only while it is open. */
export function TopicPermissionDialog({
  user,
  permission,
  onClose,
}: {
  user: string;
  /** Null for a new one. */
  permission: TopicPermission | null;
  onClose: () => void;
}) {
  const client = useQueryClient();
  const vhosts = useQuery(vhostsQuery);
  const [chosen, setChosen] = useState<string | null>(permission?.vhost ?? null);
  const [exchange, setExchange] = useState(permission?.exchange ?? "amq.topic");
  const [patterns, setPatterns] = useState({ write: permission?.write ?? ".*", read: permission?.read ?? ".*" });
  const vhost = chosen ?? vhosts.data?.[0]?.name ?? "/";
  const exchanges = useQuery(exchangesQuery(vhost));
  return (
    <PatternDialog
      title={
        permission === null
          ? `Topic permission of ${user}`
          : `Topic permission of ${user} at ${permission.exchange} in ${permission.vhost}`
      }
      problem={exchange === "" ? "Choose an exchange first" : undefined}
      rights={rights}
      patterns={patterns}
      onChange={setPatterns}
      onClose={onClose}
      onSave={async () => {
        await putTopicPermission({ user, vhost, exchange, ...patterns });
        await client.invalidateQueries({ queryKey: ["topic-permissions"] });
      }}
    >
      {permission === null && (
        <div className="grid grid-cols-2 gap-2 phone:grid-cols-1">
          <Field label="Virtual host">
            <Select
              large
              mono
              value={vhost}
              onChange={setChosen}
              options={(vhosts.data ?? [{ name: vhost }]).map(({ name }) => ({ value: name, label: name }))}
            />
          </Field>
          <Field label="Topic exchange">
            <Combobox
              large
              mono
              value={exchange}
              onChange={(name) => setExchange(name ?? "")}
              options={(exchanges.data ?? [])
                .filter(({ type }) => type === "topic")
                .map(({ name }) => ({ value: name, label: name }))}
              nothing="No topic exchange has this in its name"
            />
          </Field>
        </div>
      )}
    </PatternDialog>
  );
}
