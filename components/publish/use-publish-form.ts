"use client";

import { useQuery } from "@tanstack/react-query";
import { parseAsString, useQueryStates } from "nuqs";
import { useCallback, useEffect, useRef, useState } from "react";
import type { Plain } from "@/components/body/header-values";
import { parseRef } from "@/components/messages/links";
import type { BodyFile } from "@/components/publish/build";
import { type FormState, formKey, initialForm, keepForm, parseForm } from "@/components/publish/form-state";
import { rowOf } from "@/components/publish/header-rows";
import { bytesOf, loadBody, type Message, messageQuery } from "@/lib/api-client/messages";
import { base64FromBytes } from "@/lib/format/base64";

export interface PublishForm {
  readonly exchange: string;
  readonly routingKey: string;
  readonly setTarget: (target: { exchange?: string; key?: string }) => void;
  readonly form: FormState;
  readonly setForm: (form: FormState) => void;
  readonly file: BodyFile | null;
  readonly setFile: (file: BodyFile | null) => void;
  /** Why the message that the form should be like could not be read. */
  readonly likeError: unknown;
}

/**
 * The state of the publish form. Exchange and routing key are in the URL; the rest survives a reload in this tab's
 * session storage. With `?like=123@queue` the form is filled in once from that message.
 */
export function usePublishForm(vhost: string): PublishForm {
  const [target, setUrl] = useQueryStates(
    { exchange: parseAsString.withDefault(""), key: parseAsString.withDefault(""), like: parseAsString },
    { throttleMs: 200 },
  );
  const [form, setFormState] = useState(initialForm);
  const [file, setFile] = useState<BodyFile | null>(null);
  const like = parseRef(target.like);
  const { error } = useLike(vhost, like, (filled, message, attached) => {
    setForm(filled);
    setFile(attached);
    void setUrl({ exchange: message.exchange, key: message.routing_key, like: null });
  });

  // Session storage exists in the browser only, after the first render.
  useEffect(() => {
    try {
      const kept = parseForm(JSON.parse(sessionStorage.getItem(formKey) ?? "null"));
      if (kept) setFormState(kept);
    } catch {
      // What can't be read is as if nothing had been kept.
    }
  }, []);
  const setForm = useCallback((next: FormState) => {
    setFormState(next);
    keepForm(next);
  }, []);
  const setTarget = useCallback((next: { exchange?: string; key?: string }) => void setUrl(next), [setUrl]);
  return {
    exchange: target.exchange,
    routingKey: target.key,
    setTarget,
    form,
    setForm,
    file,
    setFile,
    likeError: error,
  };
}

/** Fills in the form from a message that exists, once. */
function useLike(
  vhost: string,
  like: { queue: string; id: number } | null,
  fill: (form: FormState, message: Message, file: BodyFile | null) => void,
) {
  const { data, error } = useQuery({
    ...messageQuery({ vhost, queue: like?.queue ?? "", id: like?.id ?? 0 }),
    enabled: like !== null,
    refetchInterval: false,
  });
  const latest = useRef(fill);
  useEffect(() => {
    latest.current = fill;
  });
  const wanted = like !== null;
  useEffect(() => {
    if (!wanted || !data) return;
    let current = true;
    void formLike(data).then(({ form, file }) => {
      if (current) latest.current(form, data, file);
    });
    return () => {
      current = false;
    };
  }, [wanted, data]);
  return { error: wanted ? error : null };
}

/** Bodies up to this size are shown in the editor, in bytes; larger ones and those that aren't text are attached. */
const editorLimit = 256 * 1024;

/** The form that publishes a message again as it is. */
async function formLike(message: Message): Promise<{ form: FormState; file: BodyFile | null }> {
  const { headers, delivery_mode, ...properties } = message.properties;
  const bytes = message.payload_truncated ? await loadBody(message) : bytesOf(message);
  const text = textOf(bytes);
  const json = text !== null && /^\s*[[{]/.test(text);
  const form: FormState = {
    ...initialForm,
    deliveryMode: delivery_mode === 2 ? "2" : "1",
    properties: Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, String(value)])),
    headers: Object.entries((headers ?? {}) as Record<string, Plain>).map(([name, value]) => rowOf(name, value)),
    format: text === null ? "base64" : json ? "json" : "text",
    body: text ?? "",
  };
  if (text !== null) return { form, file: null };
  const name = `body of message ${message.id}`;
  return { form, file: { name, size: bytes.length, base64: base64FromBytes(bytes) } };
}

/** Bytes as text, if they are text and fit into the editor. */
export function textOf(bytes: Uint8Array<ArrayBuffer>): string | null {
  if (bytes.length > editorLimit) return null;
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.includes("\0") ? null : text;
  } catch {
    return null;
  }
}
