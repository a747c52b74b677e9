"use client";

import { useCallback, useMemo } from "react";
import { BodyViewer } from "@/components/body/body-viewer";
import { HeadersTable } from "@/components/body/fields-table";
import type { Plain } from "@/components/body/header-values";
import type { Pins } from "@/components/body/json-tree";
import { LineageNote } from "@/components/edit/lineage-note";
import { CeleryNote } from "@/components/messages/celery-note";
import { DeathNote } from "@/components/messages/death-note";
import { DeliveryTable, PropertiesTable } from "@/components/messages/message-facts";
import type { Hits } from "@/components/messages/message-filter";
import { MessageLife } from "@/components/messages/message-life";
import { bodyHref, bytesOf, loadBody, type Message } from "@/lib/api-client/messages";
import { formatCount } from "@/lib/format/numbers";

/** All of a message: why it is dead, its body first, headers, properties, and its way beside them. */
export function MessageDetail({ message, hits, pins }: { message: Message; hits: Hits; pins?: Pins }) {
  const { vhost, queue, id } = message;
  const load = useCallback(() => loadBody({ vhost, queue, id }), [vhost, queue, id]);
  const body = useMemo(
    () => ({
      bytes: bytesOf(message),
      size: message.payload_bytes,
      truncated: message.payload_truncated,
      contentType: message.properties.content_type,
      contentEncoding: message.properties.content_encoding,
    }),
    [message],
  );
  const headers = (message.properties.headers ?? {}) as Readonly<Record<string, Plain>>;
  const count = Object.keys(headers).length;
  return (
    <div className="@container min-h-0 flex-1 overflow-y-auto">
      <div className="flex flex-col @min-[540px]:grid @min-[540px]:min-h-full @min-[540px]:grid-cols-[minmax(0,1fr)_208px]">
        <div className="min-w-0 px-4 py-3">
          <LineageNote vhost={vhost} messageId={message.message_id} />
          {message.death && (
            <div className="mb-2">
              <DeathNote message={message} death={message.death} />
            </div>
          )}
          <BodyViewer
            key={`${vhost} ${queue} ${id}`}
            body={body}
            load={load}
            downloadHref={bodyHref(message)}
            hits={hits.body}
            {...(pins && { pins })}
          />
          {message.celery && <CeleryNote task={message.celery} />}
          <h3 className="mt-3 mb-1 font-semibold">
            Headers <span className="font-normal text-ink-3">{formatCount(count)}</span>
          </h3>
          {count === 0 ? (
            <p className="text-12 text-ink-3">None.</p>
          ) : (
            <HeadersTable headers={headers} hits={hits.headers} />
          )}
          <h3 className="mt-3 mb-1 font-semibold">Properties</h3>
          <PropertiesTable message={message} hits={hits.words} />
          <h3 className="mt-3 mb-1 font-semibold">Delivery</h3>
          <DeliveryTable message={message} />
        </div>
        <aside
          aria-label="Timeline"
          className="order-last border-t border-line px-4 py-3 @min-[540px]:border-t-0 @min-[540px]:border-l phone:order-first phone:border-t-0 phone:border-b"
        >
          <h3 className="mb-2 font-semibold">Timeline</h3>
          <MessageLife message={message} />
        </aside>
      </div>
    </div>
  );
}
