"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Bookmark, Trash2 } from "lucide-react";
import { usePathname, useSearchParams } from "next/navigation";
import { type FormEvent, useId, useState } from "react";
import { Button, IconButton } from "@/components/ui/button";
import { copyText } from "@/components/ui/clipboard";
import { Dialog } from "@/components/ui/dialog";
import { ErrorNote } from "@/components/ui/error-state";
import { Field, Input } from "@/components/ui/field";
import { Link } from "@/components/ui/link";
import { showDone } from "@/components/ui/toast";
import { deleteView, type SavedView, saveView, viewsQuery } from "@/lib/api-client/views";

/**
 * The views of a list that this person has saved: filter, sort, tab and virtual host, as they stand in the address. What is
 * open beside the list is no part of them: it will be gone one day.
 */
export default function ViewsButton({ page }: { page: string }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <IconButton variant="default" label="Saved views" onClick={() => setOpen(true)}>
        <Bookmark className="icon-14" aria-hidden="true" />
      </IconButton>
      {open && <ViewsDialog page={page} onClose={() => setOpen(false)} />}
    </>
  );
}

/** Parameters that name what is open beside a list. */
const ofPanels = ["message", "group"];

function withoutOpen(params: URLSearchParams): string {
  const kept = new URLSearchParams(params);
  for (const name of ofPanels) kept.delete(name);
  return kept.toString();
}

function ViewsDialog({ page, onClose }: { page: string; onClose: () => void }) {
  const client = useQueryClient();
  const pathname = usePathname();
  const search = withoutOpen(useSearchParams());
  const { data: views } = useQuery(viewsQuery(page));
  const [name, setName] = useState("");
  const [error, setError] = useState<unknown>();
  const formId = useId();
  const change = async (work: () => Promise<unknown>) => {
    setError(undefined);
    try {
      await work();
      await client.invalidateQueries({ queryKey: viewsQuery(page).queryKey });
    } catch (reason) {
      setError(reason);
    }
  };
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === "") return;
    void change(async () => {
      await saveView(page, name.trim(), search);
      setName("");
    });
  };
  const share = async ({ search: of, name: called }: SavedView) => {
    await copyText(`${location.origin}${pathname}${of === "" ? "" : `?${of}`}`);
    showDone({ message: `The address of “${called}” is copied: whoever opens it sees the same view` });
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title="Saved views"
      footer={
        <Button size="lg" onClick={onClose}>
          Done
        </Button>
      }
    >
      {views?.length === 0 && <p className="text-ink-2">None yet. Save how this list is filtered and sorted now.</p>}
      <ul>
        {views?.map((view) => (
          <li key={view.id} className="flex min-h-9 items-center gap-2 border-b border-line">
            <span className="min-w-0 flex-1" title={view.search}>
              {/* The address of the page is the view. */}
              <Link
                className="link"
                href={`${pathname}${view.search === "" ? "" : `?${view.search}`}`}
                onClick={onClose}
              >
                {view.name}
              </Link>
            </span>
            <Button variant="ghost" onClick={() => void share(view)}>
              Copy address
            </Button>
            <IconButton label={`Delete ${view.name}`} onClick={() => void change(() => deleteView(view.id))}>
              <Trash2 className="icon-14" aria-hidden="true" />
            </IconButton>
          </li>
        ))}
      </ul>
      <form id={formId} onSubmit={save} className="mt-3 flex items-end gap-2">
        <Field label="Save this view as" className="flex-1">
          <Input value={name} maxLength={100} onChange={(event) => setName(event.target.value)} />
        </Field>
        <Button type="submit" disabledReason={name.trim() === "" ? "Give it a name first" : undefined}>
          Save
        </Button>
      </form>
      {error !== undefined && <ErrorNote title="It was not saved." error={error} />}
    </Dialog>
  );
}
