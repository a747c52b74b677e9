"use client";

import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useMemo } from "react";
import { channelColumns } from "@/components/channels/channel-columns";
import { connectionHref } from "@/components/connections/links";
import { ButtonLink } from "@/components/ui/button";
import { DataTable } from "@/components/ui/data-table/data-table";
import { ListFoot } from "@/components/ui/data-table/list-foot";
import { NothingMatches } from "@/components/ui/data-table/nothing-matches";
import { ShownCount } from "@/components/ui/data-table/shown-count";
import { useSort } from "@/components/ui/data-table/use-sort";
import { EmptyState } from "@/components/ui/empty-state";
import { completionsFrom } from "@/components/ui/filter/completions";
import { FilterBar } from "@/components/ui/filter/filter-bar";
import { FilterField } from "@/components/ui/filter/filter-field";
import type { Query } from "@/components/ui/filter/query";
import { useFilter } from "@/components/ui/filter/use-filter";
import { PageHead } from "@/components/ui/page-head";
import { useVhostColumns } from "@/components/vhosts/use-vhost-columns";
import { ListTools } from "@/components/views/list-tools";
import { type Channel, channelsQuery } from "@/lib/api-client/connections";
import { formatCount } from "@/lib/format/numbers";

const channelId = (channel: Channel) => channel.name;
const qualifiers = ["user", "vhost", "state", "mode"] as const;
const words = ["state:running", "state:flow", "mode:confirm", "mode:transactional"];

/** The list of channels of one vhost, or of all (`vhost` null). A row leads to its connection. */
export function ChannelsView({ vhost }: { vhost: string | null }) {
  const router = useRouter();
  const { data, error, refetch } = useQuery(channelsQuery(vhost));
  const { query, setQuery, clear, filtered, key } = useFilter(qualifiers);
  const { sort, onSort } = useSort({ column: "name", descending: false });
  const rows = useMemo(() => data?.filter((channel) => matches(channel, query)), [data, query]);
  const columns = useVhostColumns(channelColumns, vhost);
  return (
    <>
      <PageHead title="Channels" note={data && formatCount(data.length)} divided />
      <FilterBar end={<ListTools name="channels" columns={columns} />}>
        <FilterField
          query={query}
          onChange={setQuery}
          names={qualifiers}
          label="Filter the channels"
          placeholder="Filter by name, or mode:confirm"
          completeTitle="What channels can be filtered by"
          complete={completionsFrom(words)}
        />
      </FilterBar>
      <DataTable
        name="channels"
        label="Channels"
        columns={columns}
        rows={rows}
        rowId={channelId}
        sort={sort}
        onSort={onSort}
        primary
        onOpen={(channel) => router.push(connectionHref(channel.connection_details.name))}
        secondLine={(channel) => (
          <span className="text-ink-3">
            {channel.connection_details.user_provided_name ?? channel.user} ·{" "}
            {formatCount(channel.messages_unacknowledged)} unacked
          </span>
        )}
        filtered={filtered}
        viewKey={key}
        error={error}
        onRetry={() => void refetch()}
        empty={
          <EmptyState
            title={vhost === null ? "No channel is open" : `No channel is open in ${vhost}`}
            actions={<ButtonLink href="/connections">See the connections</ButtonLink>}
          >
            Clients publish and consume on channels, several over one connection. They appear as soon as one is opened.
          </EmptyState>
        }
        nothingMatches={<NothingMatches onClear={clear}>No channel here has all of that.</NothingMatches>}
      />
      <ListFoot
        keys={[
          [["j", "k"], "row"],
          [["Enter"], "open the connection"],
          [["?"], "all keys"],
        ]}
      >
        <ShownCount shown={rows?.length} all={data?.length} />
      </ListFoot>
    </>
  );
}

function matches(channel: Channel, query: Query): boolean {
  const text = `${channel.name} ${channel.connection_details.user_provided_name ?? ""}`.toLowerCase();
  if (!text.includes(query.text.toLowerCase())) return false;
  return query.terms.every(({ name, value }) => {
    if (name === "mode")
      return value === "confirm" ? channel.confirm : value === "transactional" && channel.transactional;
    if (name === "user") return channel.user === value;
    return (name === "vhost" ? channel.vhost : channel.state) === value;
  });
}
