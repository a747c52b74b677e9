"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import { useForbiddenAdministration } from "@/components/shell/permission";
import { withVhost } from "@/components/shell/vhost";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { ErrorNote } from "@/components/ui/error-state";
import { KeyValues } from "@/components/ui/key-values";
import { Note } from "@/components/ui/note";
import { SectionHead } from "@/components/ui/page-head";
import { RelativeTime } from "@/components/ui/relative-time";
import { PanelHead } from "@/components/ui/split-view";
import { TextLink } from "@/components/ui/text-link";
import { showDone } from "@/components/ui/toast";
import { NameText, VisibleText } from "@/components/ui/visible-text";
import { VhostDialog } from "@/components/vhosts/vhost-dialog";
import { whoamiQuery } from "@/lib/api-client/session";
import { permissionsQuery } from "@/lib/api-client/users";
import { deleteVhost, type Vhost } from "@/lib/api-client/vhosts";
import { formatCount, formatNoun } from "@/lib/format/numbers";

/** One virtual host beside the list: what is in it, who may do what there, and the ways to change and delete it. */
export function VhostPanel({ name, vhost, onClose }: { name: string; vhost: Vhost | undefined; onClose: () => void }) {
  const client = useQueryClient();
  const forbidden = useForbiddenAdministration();
  const [changing, setChanging] = useState(false);
  const [deleting, setDeleting] = useState(false);
  return (
    <>
      <PanelHead
        onClose={onClose}
        actions={
          vhost && (
            <>
              <Button
                icon={<Pencil className="icon-14" aria-hidden="true" />}
                disabledReason={forbidden}
                onClick={() => setChanging(true)}
              >
                Change…
              </Button>
              <Button
                variant="danger"
                icon={<Trash2 className="icon-14" aria-hidden="true" />}
                disabledReason={forbidden}
                onClick={() => setDeleting(true)}
              >
                Delete…
              </Button>
            </>
          )
        }
      >
        <h2 className="mono clip-text" title={name}>
          <NameText text={name} />
        </h2>
      </PanelHead>
      <div className="min-h-0 flex-1 overflow-y-auto pb-4">
        {vhost === undefined ? (
          <div className="px-4 pt-3">
            <Note role="status">
              There is no virtual host <NameText text={name} /> that you may see. Somebody may have deleted it.
            </Note>
          </div>
        ) : (
          <>
            <Facts vhost={vhost} />
            <WhoMay vhost={name} />
          </>
        )}
      </div>
      {vhost && changing && <VhostDialog vhost={vhost} onClose={() => setChanging(false)} onDone={() => {}} />}
      <ConfirmDialog
        open={deleting}
        onClose={() => setDeleting(false)}
        title={`Delete ${name}`}
        typed={name}
        confirm={`Delete virtual host and ${formatNoun(vhost?.messages ?? 0, "message")}`}
        keep="Keep it"
        failed="The virtual host is still there."
        onConfirm={async () => {
          await deleteVhost(name);
          await client.invalidateQueries({ queryKey: ["vhosts"] });
          void showDone({ message: `Virtual host ${name} is deleted` });
          onClose();
        }}
      >
        <p className="text-ink-2">
          <b className="font-semibold text-ink">
            {formatNoun(vhost?.queues ?? 0, "queue")} with {formatNoun(vhost?.messages ?? 0, "message")}
          </b>{" "}
          go with it, and its exchanges, bindings, policies and permissions. Connections to it are closed. This can't be
          undone.
        </p>
      </ConfirmDialog>
    </>
  );
}

function Facts({ vhost }: { vhost: Vhost }) {
  return (
    <>
      <SectionHead title="Virtual host" />
      <div className="px-4 pb-2">
        <KeyValues
          plain
          rows={[
            { name: "Description", value: vhost.description || "–", plain: true },
            { name: "Tags", value: vhost.tags.join(", ") || "–", plain: vhost.tags.length === 0 },
            {
              name: "Queues",
              value: <TextLink href={withVhost("/queues", vhost.name)}>{formatNoun(vhost.queues, "queue")}</TextLink>,
              plain: true,
            },
            { name: "Ready", value: formatCount(vhost.messages_ready), plain: true },
            { name: "Unacked", value: formatCount(vhost.messages_unacknowledged), plain: true },
            { name: "Created", value: <RelativeTime at={vhost.created_at} />, plain: true },
            {
              name: "More",
              value: (
                <span className="flex flex-wrap gap-x-3">
                  <TextLink href={withVhost("/exchanges", vhost.name)}>Exchanges</TextLink>
                  <TextLink href={withVhost("/connections", vhost.name)}>Connections</TextLink>
                  <TextLink href={withVhost("/topology", vhost.name)}>Topology</TextLink>
                </span>
              ),
              plain: true,
            },
          ]}
        />
      </div>
    </>
  );
}

/** Who has permissions here; only administrators are told. */
function WhoMay({ vhost }: { vhost: string }) {
  const { data: person } = useQuery(whoamiQuery());
  const { data, error } = useQuery({ ...permissionsQuery, enabled: person?.may.administer === true });
  if (person?.may.administer !== true) return null;
  const here = data?.filter((permission) => permission.vhost === vhost);
  return (
    <section aria-label="Who may use it">
      <SectionHead title="Who may use it" note="changed on the page of the user" />
      {error !== null && here === undefined && (
        <div className="px-4">
          <ErrorNote title="The permissions could not be read." error={error} lost="Nothing was changed." />
        </div>
      )}
      {here?.length === 0 && <p className="px-4 text-12 text-ink-2">Nobody has permissions here.</p>}
      {here && here.length > 0 && (
        <ul className="border-t border-line">
          {here.map(({ user, configure, write, read }) => (
            <li key={user} className="flex flex-wrap items-baseline gap-x-4 border-b border-line px-4 py-1.5">
              <TextLink href={`/users?open=${encodeURIComponent(user)}`}>
                <VisibleText text={user} />
              </TextLink>
              {Object.entries({ configure, write, read }).map(([right, pattern]) => (
                <span key={right} className="text-12">
                  <span className="text-ink-3">{right}</span>{" "}
                  <span className="mono [overflow-wrap:anywhere]">
                    {pattern === "" ? <span className="text-ink-3">nothing</span> : <VisibleText text={pattern} />}
                  </span>
                </span>
              ))}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
