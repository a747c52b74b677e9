"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Note } from "@/components/ui/note";
import { SectionHead } from "@/components/ui/page-head";
import { PanelHead } from "@/components/ui/split-view";
import { showDone } from "@/components/ui/toast";
import { NameText } from "@/components/ui/visible-text";
import { UserTags } from "@/components/users/user-columns";
import { UserDialog } from "@/components/users/user-dialog";
import { UserPermissions } from "@/components/users/user-permissions";
import { UserTopicPermissions } from "@/components/users/user-topic-permissions";
import { whoamiQuery } from "@/lib/api-client/session";
import { deleteUser, type User } from "@/lib/api-client/users";

/** One user beside the list: tags, what it may do where, and the ways to change and delete it. */
export function UserPanel({ name, user, onClose }: { name: string; user: User | undefined; onClose: () => void }) {
  const client = useQueryClient();
  const { data: person } = useQuery(whoamiQuery());
  const [changing, setChanging] = useState(false);
  const [deleting, setDeleting] = useState(false);
  return (
    <>
      <PanelHead
        onClose={onClose}
        actions={
          user && (
            <>
              <Button icon={<Pencil className="icon-14" aria-hidden="true" />} onClick={() => setChanging(true)}>
                Change…
              </Button>
              <Button
                variant="danger"
                icon={<Trash2 className="icon-14" aria-hidden="true" />}
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
        {user === undefined ? (
          <div className="px-4 pt-3">
            <Note role="status">
              There is no user <NameText text={name} />. Somebody may have deleted it.
            </Note>
          </div>
        ) : (
          <>
            <SectionHead title="Tags" note="what the user may do over HTTP and here" />
            <div className="px-4 pb-2">
              <UserTags tags={user.tags} />
            </div>
            <UserPermissions user={name} />
            <UserTopicPermissions user={name} />
          </>
        )}
      </div>
      {user && changing && <UserDialog user={user} onClose={() => setChanging(false)} onDone={() => {}} />}
      <ConfirmDialog
        open={deleting}
        onClose={() => setDeleting(false)}
        title={`Delete ${name}`}
        typed={name}
        confirm="Delete user"
        keep="Keep it"
        failed="The user is still there."
        onConfirm={async () => {
          await deleteUser(name);
          await client.invalidateQueries({ queryKey: ["users"] });
          void showDone({ message: `User ${name} is deleted` });
          onClose();
        }}
      >
        <p className="text-ink-2">
          Its permissions, tokens and sessions go with it, and its connections are closed. Queues and messages stay.
          {person?.name === name && <b className="font-semibold text-ink"> This is you: you are logged out.</b>}
        </p>
      </ConfirmDialog>
    </>
  );
}
