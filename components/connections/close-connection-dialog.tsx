"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { showDone } from "@/components/ui/toast";
import { type Connection, closeConnection, connectionChannelsQuery } from "@/lib/api-client/connections";
import { formatNoun } from "@/lib/format/numbers";

/** Asks before a connection is closed. */
export function CloseConnectionDialog({
  connection,
  open,
  onClose,
}: {
  connection: Connection;
  open: boolean;
  onClose: () => void;
}) {
  const client = useQueryClient();
  const { data: channels } = useQuery({ ...connectionChannelsQuery(connection.name), enabled: open });
  const held = channels?.reduce((sum, channel) => sum + channel.messages_unacknowledged, 0) ?? 0;
  const consumers = channels?.reduce((sum, channel) => sum + channel.consumer_count, 0) ?? 0;
  const called = connection.user_provided_name ?? connection.name;
  return (
    <ConfirmDialog
      open={open}
      onClose={onClose}
      title={`Close the connection of ${called}`}
      confirm="Close connection"
      keep="Keep it open"
      failed="The connection is still open."
      onConfirm={async () => {
        await closeConnection(connection.name);
        void showDone({ message: `The connection of ${called} is closed` });
        for (const queryKey of [["connections"], ["channels"], ["consumers"], ["queues"]]) {
          void client.invalidateQueries({ queryKey });
        }
      }}
    >
      <p>
        The client is told that it was closed by an operator.{" "}
        {consumers > 0 && (
          <>
            {formatNoun(consumers, "consumer")} of it {consumers === 1 ? "ends" : "end"}.{" "}
          </>
        )}
        {held > 0 ? (
          <>
            The <b className="font-semibold">{formatNoun(held, "message")}</b> that it holds{" "}
            {held === 1 ? "goes back to its queue and is" : "go back to their queues and are"} delivered again, flagged
            as redelivered.
          </>
        ) : (
          "It holds no messages."
        )}
      </p>
      <p className="text-ink-2">
        Its exclusive queues are deleted. Most clients connect again by themselves; one that must stay away needs its
        user removed.
      </p>
    </ConfirmDialog>
  );
}
