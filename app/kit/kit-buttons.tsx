"use client";

import { Archive, Ellipsis, Eraser, Forward, Plus, Trash2, Undo2 } from "lucide-react";
import { useState } from "react";
import { i14, Part, row } from "@/app/kit/part";
import { Button, IconButton } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { CopyButton } from "@/components/ui/copy-button";
import { Menu, MenuItem, MenuRule } from "@/components/ui/menu";
import { Note } from "@/components/ui/note";
import { ApiError } from "@/lib/api-client/client";

/** What is pressed, and the question before what cannot be undone lightly. */
export function KitButtons() {
  const [confirming, setConfirming] = useState(false);
  return (
    <>
      <Part title="Buttons">
        <div className={row}>
          <Button variant="primary" icon={<Plus className={i14} aria-hidden="true" />}>
            Add queue
          </Button>
          <Button icon={<Forward className={i14} aria-hidden="true" />}>Move…</Button>
          <Button variant="ghost">Share view</Button>
          <Button variant="danger" icon={<Eraser className={i14} aria-hidden="true" />}>
            Purge…
          </Button>
          <Menu
            trigger={
              <IconButton label="More">
                <Ellipsis className="icon-16" aria-hidden="true" />
              </IconButton>
            }
          >
            <MenuItem icon={<Archive className={i14} aria-hidden="true" />} onSelect={() => {}} keys="e">
              Archive
            </MenuItem>
            <MenuItem onSelect={() => {}} disabledReason="Only administrators may">
              Move to another vhost…
            </MenuItem>
            <MenuRule />
            <MenuItem danger icon={<Trash2 className={i14} aria-hidden="true" />} onSelect={() => {}}>
              Delete…
            </MenuItem>
          </Menu>
        </div>
        <div className={row}>
          <Button variant="primary" busy>
            Publishing
          </Button>
          <Button busy>Loading</Button>
          <Button variant="danger-solid" onClick={() => setConfirming(true)}>
            Purge 1,284 messages
          </Button>
        </div>
        <div className={row}>
          <Button
            icon={<Trash2 className={i14} aria-hidden="true" />}
            disabledReason="You may look but not change. Ask an administrator for the tag management."
          >
            Delete…
          </Button>
          <CopyButton label="Copy the id" text="01JQ4ZC07C1E42" />
        </div>
      </Part>
      <ConfirmDialog
        open={confirming}
        onClose={() => setConfirming(false)}
        title={
          <>
            Purge <code className="text-16">orders.payment</code>
          </>
        }
        typed="orders.payment"
        confirm="Purge 1,284 messages"
        onConfirm={() =>
          new Promise((_, fail) =>
            setTimeout(() => fail(new ApiError(404, "not-found", "The queue orders.payment is gone.")), 600),
          )
        }
      >
        <p>
          <b className="font-semibold">1,284 ready messages</b> leave the queue and go to the trash. The 5
          unacknowledged ones stay with their consumers.
        </p>
        <Note icon={<Undo2 aria-hidden="true" />}>
          Until tomorrow 14:02 you can restore them, in their order and with their ids. After that they are gone.
        </Note>
      </ConfirmDialog>
    </>
  );
}
