"use client";

import { useQuery } from "@tanstack/react-query";
import { parseAsString, useQueryStates } from "nuqs";
import { useCallback, useEffect, useRef, useState } from "react";
import { parseRef } from "@/components/messages/links";
import type { BodyFile } from "@/components/publish/build";
import { formLike } from "@/components/publish/form-like";
import { type FormState, formKey, initialForm, keepForm, parseForm } from "@/components/publish/form-state";
import { bytesOf, loadBody, type Message, messageQuery } from "@/lib/api-client/messages";

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
    void wholeBody(data).then((bytes) => {
      if (!current) return;
      const { form, file } = formLike(data.properties, bytes, `body of message ${data.id}`);
      latest.current(form, data, file);
    });
    return () => {
      current = false;
    };
  }, [wanted, data]);
  return { error: wanted ? error : null };
}

const wholeBody = async (message: Message) => (message.payload_truncated ? loadBody(message) : bytesOf(message));
