"use client";

import { useQuery } from "@tanstack/react-query";
import { ErrorNote } from "@/components/ui/error-state";
import { SectionHead } from "@/components/ui/page-head";
import { RelativeTime } from "@/components/ui/relative-time";
import { StateGlyph } from "@/components/ui/state-glyph";
import { NameText } from "@/components/ui/visible-text";
import { nodesQuery, type WarrenNode } from "@/lib/api-client/nodes";

const does: Record<WarrenNode["kind"], string> = {
  web: "console and HTTP API",
  broker: "AMQP door, expiry, statistics",
  postgres: "the queues themselves",
};

/** The processes that make up this Warren. */
export function NodesTable() {
  const { data, error } = useQuery(nodesQuery);
  const down = data?.filter((node) => !node.running).length ?? 0;
  return (
    <section className="min-w-0">
      <SectionHead title="Nodes" note={data && (down === 0 ? "all up" : `${down} down`)} />
      {error && data === undefined && (
        <div className="px-4 pb-3">
          <ErrorNote title="The nodes could not be loaded." error={error} />
        </div>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: on a phone it scrolls, and so must be reachable by keyboard. */}
      <section aria-label="Nodes" tabIndex={0} className="overflow-x-auto outline-offset-[-2px]">
        <table className="w-full text-left">
          <thead className="bg-sunken text-11 text-ink-2">
            <tr className="h-8 border-y border-line">
              {["Name", "State", "Does", "Version", "Up for"].map((head) => (
                <th key={head} scope="col" className="px-2 font-semibold first:pl-4 last:pr-4 last:text-right">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {data?.map((node) => (
              <tr key={`${node.kind} ${node.name}`} className="h-9 border-b border-line">
                <td className="mono px-2 pl-4 whitespace-nowrap">
                  <NameText text={node.name} />
                </td>
                <td className="px-2">
                  <StateGlyph state={node.running ? "running" : "down"} />
                </td>
                <td className="px-2 text-ink-2">{does[node.kind]}</td>
                <td className="px-2 text-ink-2">{node.version}</td>
                <td className="px-2 pr-4 text-right">
                  {node.running && node.started_at !== null ? <RelativeTime at={node.started_at} age /> : "–"}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}
