"use client";

import { Check, File, TriangleAlert, Upload, WandSparkles } from "lucide-react";
import { type DragEvent, useId, useRef, useState } from "react";
import { type BodyFile, checkBody, formatJson } from "@/components/publish/build";
import { CodeEditor } from "@/components/publish/code-editor";
import { textOf } from "@/components/publish/form-like";
import { type Format, type FormState, withFormat } from "@/components/publish/form-state";
import { highlightLine, withPlaceholders } from "@/components/publish/highlight";
import { placeholdersIn } from "@/components/publish/placeholders";
import { Button } from "@/components/ui/button";
import { Segments } from "@/components/ui/segments";
import { base64FromBytes } from "@/lib/format/base64";
import { formatBytes } from "@/lib/format/numbers";

/** Larger files are refused before they are read, in bytes. The server has a limit of its own. */
const fileLimit = 128 * 1024 * 1024;
const formatOptions: readonly { value: Format; label: string }[] = [
  { value: "json", label: "JSON" },
  { value: "text", label: "Text" },
  { value: "base64", label: "Base64" },
];

/** The body: typed as JSON, text or base64, or a file. Says whether it is what it claims to be, and its size. */
export function BodyEditor({
  form,
  onChange,
  file,
  onFile,
  asItIs = false,
}: {
  form: FormState;
  onChange: (form: FormState) => void;
  file: BodyFile | null;
  onFile: (file: BodyFile | null) => void;
  /** What looks like a placeholder is part of the body, and is sent so. */
  asItIs?: boolean;
}) {
  const chooser = useRef<HTMLInputElement>(null);
  const [refused, setRefused] = useState<string | null>(null);
  const [over, setOver] = useState(false);
  const statusId = useId();
  const check = checkBody(form, file);
  const used = asItIs || file || form.format === "base64" ? [] : placeholdersIn(form.body);

  const take = async (chosen: globalThis.File) => {
    setRefused(null);
    if (chosen.size > fileLimit) {
      setRefused(`${chosen.name} has ${formatBytes(chosen.size)}; the form takes up to ${formatBytes(fileLimit)}.`);
      return;
    }
    const bytes = new Uint8Array(await chosen.arrayBuffer());
    const text = textOf(bytes);
    if (text === null) {
      onFile({ name: chosen.name, size: bytes.length, base64: base64FromBytes(bytes) });
      if (chosen.type !== "") onChange({ ...form, properties: { ...form.properties, content_type: chosen.type } });
      return;
    }
    onFile(null);
    onChange({ ...withFormat(form, /^\s*[[{]/.test(text) ? "json" : "text"), body: text });
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const dropped = event.dataTransfer.files[0];
    if (dropped) void take(dropped);
  };
  const formatted = !file && form.format === "json" ? formatJson(form.body) : null;

  return (
    <section aria-label="Body">
      <div className="mt-3 flex min-h-9 flex-wrap items-center gap-3">
        <h2>Body</h2>
        {!file && (
          <Segments
            label="Body format"
            value={form.format}
            onChange={(format) => onChange(withFormat(form, format))}
            options={formatOptions}
          />
        )}
        <span className="ml-auto flex items-center">
          {!file && form.format === "json" && (
            <Button
              variant="ghost"
              icon={<WandSparkles className="icon-14" aria-hidden="true" />}
              disabledReason={formatted === null ? "Only valid JSON can be formatted" : undefined}
              onClick={() => formatted !== null && onChange({ ...form, body: formatted })}
            >
              Format
            </Button>
          )}
          <Button
            variant="ghost"
            icon={<Upload className="icon-14" aria-hidden="true" />}
            onClick={() => chooser.current?.click()}
          >
            File…
          </Button>
          <input
            ref={chooser}
            type="file"
            hidden
            aria-label="File for the body"
            onChange={(event) => {
              const chosen = event.target.files?.[0];
              if (chosen) void take(chosen);
              event.target.value = "";
            }}
          />
        </span>
      </div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping a file is a shortcut; the button does the same. */}
      <div
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={onDrop}
        className={`rounded-5 border bg-raised ${over ? "border-accent bg-accent-tint" : "border-control"} focus-within:outline-2 focus-within:outline-accent`}
      >
        {file ? (
          <div className="flex items-center gap-2 px-3 py-6">
            <File className="icon-16 text-ink-3" aria-hidden="true" />
            <span className="mono clip-text">{file.name}</span>
            <span className="text-12 text-ink-3">{formatBytes(file.size)}</span>
            <Button className="ml-auto" onClick={() => onFile(null)}>
              Type a body instead
            </Button>
          </div>
        ) : (
          <CodeEditor
            label="Body"
            value={form.body}
            onChange={(body) => onChange({ ...form, body })}
            line={form.format === "json" ? highlightLine : withPlaceholders}
            invalid={check.verdict === "invalid"}
            describedBy={statusId}
          />
        )}
        <footer
          id={statusId}
          className="flex min-h-7 flex-wrap items-center gap-x-3 border-t border-line px-3 py-1 text-12 text-ink-3"
        >
          {check.verdict === "valid" && (
            <span className="inline-flex items-center gap-1 text-ok">
              <Check className="icon-14" aria-hidden="true" />
              {check.words}
            </span>
          )}
          {check.verdict === "invalid" && (
            <span className="inline-flex items-center gap-1 text-warn">
              <TriangleAlert className="icon-14" aria-hidden="true" />
              {check.words}
            </span>
          )}
          {check.verdict === "plain" && <span>{check.words}</span>}
          <span>{check.bytes.toLocaleString("en")} bytes</span>
          <span className="ml-auto">
            {used.length > 0
              ? used.map(({ name, means }, index) => (
                  <span key={name}>
                    {index > 0 && ", "}
                    <code>{name}</code> {index === 0 && "becomes "}
                    {means}
                  </span>
                ))
              : !asItIs &&
                !file &&
                form.format !== "base64" && (
                  <>
                    <code>{"{{now}}"}</code> <code>{"{{uuid}}"}</code> <code>{"{{n}}"}</code> are filled in when sending
                  </>
                )}
          </span>
        </footer>
      </div>
      {refused !== null && (
        <p role="alert" className="mt-1 text-12 text-danger">
          {refused}
        </p>
      )}
    </section>
  );
}
