"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ChevronDown, FileText, Trash2 } from "lucide-react";
import { useState } from "react";
import { type FormState, parseForm } from "@/components/publish/form-state";
import { useForbiddenChange } from "@/components/shell/permission";
import { Button, buttonClass } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { describeError } from "@/components/ui/error-state";
import { Field, Input } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { Menu, MenuItem, MenuLabel, MenuRule } from "@/components/ui/menu";
import { showDone } from "@/components/ui/toast";
import { NameText } from "@/components/ui/visible-text";
import { deleteTemplate, saveTemplate, type Template, templatesQuery } from "@/lib/api-client/templates";

/** What a template keeps: the form, and where it goes. */
export interface TemplateContent {
  readonly exchange: string;
  readonly routingKey: string;
  readonly form: FormState;
}

function parseContent(content: unknown): TemplateContent | null {
  if (typeof content !== "object" || content === null) return null;
  const { exchange, routingKey, form } = content as Record<string, unknown>;
  const parsed = parseForm(form);
  if (!parsed || typeof exchange !== "string" || typeof routingKey !== "string") return null;
  return { exchange, routingKey, form: parsed };
}

/** The templates of this user: load one, save the form under a name, delete one. */
export function Templates({
  content,
  onLoad,
}: {
  content: TemplateContent;
  onLoad: (content: TemplateContent) => void;
}) {
  const client = useQueryClient();
  const { data, error } = useQuery(templatesQuery());
  const [used, setUsed] = useState<string | null>(null);
  const [saving, setSaving] = useState(false);
  const [deleting, setDeleting] = useState<Template | null>(null);
  const forbidden = useForbiddenChange();
  const templates = data ?? [];
  const refresh = () => client.invalidateQueries({ queryKey: ["templates"] });

  const load = (template: Template) => {
    const parsed = parseContent(template.content);
    if (!parsed) {
      showDone({ message: `${template.name} was not saved by this form, so it can't be loaded` });
      return;
    }
    setUsed(template.name);
    onLoad(parsed);
  };

  return (
    <>
      <Menu
        trigger={
          <button type="button" className={buttonClass()}>
            <FileText className="icon-14" aria-hidden="true" />
            <span className="max-w-48 clip-text">{used === null ? "Templates" : `Template: ${used}`}</span>
            <ChevronDown className="icon-14" aria-hidden="true" />
          </button>
        }
      >
        {error !== null && <MenuLabel>{describeError(error).sentence}</MenuLabel>}
        {error === null && templates.length === 0 && (
          <MenuLabel>None yet. Fill in the form and save it as a template.</MenuLabel>
        )}
        {templates.map((template) => (
          <MenuItem
            key={template.id}
            icon={<FileText className="icon-14" aria-hidden="true" />}
            onSelect={() => load(template)}
          >
            <NameText text={template.name} />
          </MenuItem>
        ))}
        {templates.length > 0 && (
          <>
            <MenuRule />
            <MenuLabel>Delete</MenuLabel>
            {templates.map((template) => (
              <MenuItem
                key={template.id}
                danger
                icon={<Trash2 className="icon-14" aria-hidden="true" />}
                onSelect={() => setDeleting(template)}
              >
                Delete {template.name}…
              </MenuItem>
            ))}
          </>
        )}
      </Menu>
      <Button variant="ghost" className="phone:hidden" disabledReason={forbidden} onClick={() => setSaving(true)}>
        Save as template
      </Button>
      <SaveDialog
        open={saving}
        onClose={() => setSaving(false)}
        taken={templates.map((template) => template.name)}
        suggestion={used ?? ""}
        onSave={async (name) => {
          await saveTemplate(name, content);
          setUsed(name);
          await refresh();
          showDone({ message: `Saved as template ${name}` });
        }}
      />
      <ConfirmDialog
        open={deleting !== null}
        onClose={() => setDeleting(null)}
        title={`Delete template ${deleting?.name ?? ""}`}
        confirm="Delete the template"
        keep="Keep it"
        onConfirm={async () => {
          if (!deleting) return;
          await deleteTemplate(deleting.id);
          if (used === deleting.name) setUsed(null);
          await refresh();
        }}
      >
        <p className="text-ink-2">Only you see it. The form and all messages stay as they are. This can't be undone.</p>
      </ConfirmDialog>
    </>
  );
}

function SaveDialog({
  open,
  onClose,
  taken,
  suggestion,
  onSave,
}: {
  open: boolean;
  onClose: () => void;
  taken: readonly string[];
  suggestion: string;
  onSave: (name: string) => Promise<void>;
}) {
  const [name, setName] = useState<string | null>(null);
  const wanted = (name ?? suggestion).trim();
  const replaces = taken.includes(wanted);
  const close = () => {
    setName(null);
    onClose();
  };
  const submit = async () => {
    await onSave(wanted);
    close();
  };
  return (
    <FormDialog
      open={open}
      onClose={close}
      title="Save as template"
      action={replaces ? "Replace the template" : "Save the template"}
      problem={wanted === "" ? "Give it a name first" : undefined}
      failure="The template was not saved."
      onSubmit={submit}
    >
      <Field
        label="Name"
        hint={
          replaces
            ? "There is one of this name; it is replaced."
            : "It keeps exchange, routing key, properties, headers and the typed body."
        }
      >
        <Input large maxLength={200} value={name ?? suggestion} onChange={(event) => setName(event.target.value)} />
      </Field>
    </FormDialog>
  );
}
