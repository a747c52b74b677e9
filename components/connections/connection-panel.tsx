"use client";

import { useQuery } from "@tanstack/react-query";
import { Unplug } from "lucide-react";
import { useState } from "react";
import { CloseConnectionDialog } from "@/components/connections/close-connection-dialog";
import { ConnectionChannels } from "@/components/connections/connection-channels";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { KeyValues } from "@/components/ui/key-values";
import { Note } from "@/components/ui/note";
import { SectionHead } from "@/components/ui/page-head";
import { RelativeTime } from "@/components/ui/relative-time";
import { Skeleton } from "@/components/ui/skeleton";
import { PanelHead } from "@/components/ui/split-view";
import { StateGlyph } from "@/components/ui/state-glyph";
import { ApiError } from "@/lib/api-client/client";
import { type Connection, connectionQuery } from "@/lib/api-client/connections";
import { whoamiQuery } from "@/lib/api-client/session";
import { formatBytes, formatCount } from "@/lib/format/numbers";

/**
 * One connection beside the list: its channels, what the client says of itself, and the way to close it.
 * @param listed the connection as the list has it, shown until it was asked for
 */
export function ConnectionPanel({
  name,
  listed,
  onClose,
}: {
  name: string;
  listed: Connection | undefined;
  onClose: () => void;
}) {
  const { data, error, refetch } = useQuery({ ...connectionQuery(name), ...(listed && { placeholderData: listed }) });
  const { data: person } = useQuery(whoamiQuery());
  const [closing, setClosing] = useState(false);
  const connection = data ?? listed;
  const gone = error instanceof ApiError && error.status === 404;
  const mayClose = person === undefined || person.may.administer || person.name === connection?.user;
  return (
    <>
      <PanelHead
        onClose={onClose}
        actions={
          connection &&
          !gone && (
            <Button
              variant="danger"
              icon={<Unplug className="icon-14" aria-hidden="true" />}
              onClick={() => setClosing(true)}
              {...(!mayClose && { disabledReason: "Closing another user's connection needs the tag administrator" })}
            >
              Close connection…
            </Button>
          )
        }
      >
        {connection && !gone && <StateGlyph state={connection.state} quiet />}
        <h2 className="mono clip-text" title={name}>
          {connection?.user_provided_name ?? name}
        </h2>
      </PanelHead>
      <div className="min-h-0 flex-1 overflow-y-auto pb-4">
        {gone && (
          <div className="px-4 pt-3">
            <Note role="status">
              <b className="font-semibold">This connection is closed.</b>{" "}
              {connection ? "Below is what it was." : "It was closed before this page was opened."} What it held has
              gone back to its queues.
            </Note>
          </div>
        )}
        {error !== null && !gone && connection === undefined && (
          <ErrorState title="The connection could not be read." error={error} onRetry={() => void refetch()} />
        )}
        {connection === undefined && error === null && (
          <div className="px-4 py-5" aria-busy="true">
            <Skeleton width={220} />
          </div>
        )}
        {connection && (
          <>
            {!gone && <ConnectionChannels name={name} />}
            <ConnectionFacts connection={connection} />
          </>
        )}
      </div>
      {connection && <CloseConnectionDialog connection={connection} open={closing} onClose={() => setClosing(false)} />}
    </>
  );
}

function ConnectionFacts({ connection }: { connection: Connection }) {
  const limit = (value: number) => (value === 0 ? "no limit" : formatCount(value));
  return (
    <>
      <SectionHead title="Connection" />
      <div className="px-4 pb-2">
        <KeyValues
          plain
          rows={[
            { name: "Name", value: connection.name },
            { name: "User name", value: connection.user },
            { name: "Virtual host", value: connection.vhost },
            { name: "Protocol", value: `${connection.protocol}${connection.ssl ? " over TLS" : ""}`, plain: true },
            { name: "Connected", value: <RelativeTime at={connection.connected_at} />, plain: true },
            {
              name: "Heartbeat",
              value: connection.timeout === 0 ? "none" : `${formatCount(connection.timeout)} s`,
              plain: true,
            },
            {
              name: "Largest frame",
              value: connection.frame_max === 0 ? "no limit" : formatBytes(connection.frame_max),
              plain: true,
            },
            { name: "Channel limit", value: limit(connection.channel_max), plain: true },
            { name: "Received", value: formatBytes(connection.recv_oct), plain: true },
            { name: "Sent", value: formatBytes(connection.send_oct), plain: true },
            { name: "Authentication", value: connection.auth_mechanism },
            { name: "Node", value: connection.node },
          ]}
        />
      </div>
      <SectionHead title="Client properties" />
      <div className="px-4">
        <KeyValues
          rows={Object.entries(connection.client_properties).map(([name, value]) => ({ name, value: shown(value) }))}
        />
      </div>
    </>
  );
}

/** `capabilities` is a table of flags: those that are set, as words. */
function shown(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  const entries = Object.entries(value);
  if (entries.every(([, flag]) => typeof flag === "boolean")) {
    return entries
      .filter(([, flag]) => flag === true)
      .map(([name]) => name)
      .join(", ");
  }
  return JSON.stringify(value);
}
