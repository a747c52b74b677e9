"use client";

import { useQuery } from "@tanstack/react-query";
import { List, Workflow, X } from "lucide-react";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { parseAsBoolean, parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useDeferredValue, useEffect, useMemo, useRef } from "react";
import { useVhost } from "@/components/shell/vhost";
import { graphOf, type Node } from "@/components/topology/graph";
import { type Looking, shownOf } from "@/components/topology/shown";
import { TopologyOutline } from "@/components/topology/topology-outline";
import { pageOfNode, TopologyPanel } from "@/components/topology/topology-panel";
import { nameOf } from "@/components/topology/words";
import { ButtonLink } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Input } from "@/components/ui/field";
import { FilterBar } from "@/components/ui/filter/filter-bar";
import { useHotkey } from "@/components/ui/hotkeys";
import { usePhone } from "@/components/ui/media";
import { PageHead } from "@/components/ui/page-head";
import { Segments } from "@/components/ui/segments";
import { Skeleton } from "@/components/ui/skeleton";
import { SplitView } from "@/components/ui/split-view";
import { allBindingsQuery } from "@/lib/api-client/bindings";
import { exchangesQuery } from "@/lib/api-client/exchanges";
import { queuesQuery } from "@/lib/api-client/queues";
import { formatCount } from "@/lib/format/numbers";

const TopologyGraph = dynamic(() => import("@/components/topology/topology-graph"), {
  ssr: false,
  loading: () => (
    <div className="flex-1 p-4">
      <Skeleton width={240} />
    </div>
  ),
});

const looks = {
  find: parseAsString.withDefault(""),
  near: parseAsString,
  within: parseAsString,
  dead: parseAsBoolean.withDefault(true),
  idle: parseAsBoolean.withDefault(true),
  open: parseAsString,
};
const forms = ["graph", "list"] as const;

/** How everything hangs together, and where it jams: a drawing, and the same as a list. */
function TopologyView({ vhost }: { vhost: string | null }) {
  const router = useRouter();
  const phone = usePhone();
  const [{ as }, setAs] = useQueryStates({ as: parseAsStringLiteral(forms) });
  const [look, setLook] = useQueryStates(looks, { history: "replace" });
  const form = as ?? (phone ? "list" : "graph");
  const exchanges = useQuery(exchangesQuery(vhost));
  const queues = useQuery(queuesQuery(vhost));
  const bindings = useQuery(allBindingsQuery(vhost));
  const failed = [exchanges, queues, bindings].find(({ error, data }) => error !== null && data === undefined);

  // Typing and clicking come before numbers that move.
  const [lately, boundNow, queuesNow] = [
    useDeferredValue(exchanges.data),
    useDeferredValue(bindings.data),
    useDeferredValue(queues.data),
  ];
  const graph = useMemo(
    () => lately && queuesNow && boundNow && graphOf(lately, queuesNow, boundNow),
    [lately, queuesNow, boundNow],
  );
  const { find, near, within, dead, idle, open } = look;
  const looking = useMemo(
    (): Looking => ({ find, near, within, deadLetters: dead, idle }),
    [find, near, within, dead, idle],
  );
  const shown = useMemo(() => graph && shownOf(graph, looking), [graph, looking]);
  const opened = shown?.nodes.find(({ id }) => id === open) ?? null;
  const things = graph ? [...graph.nodes.values()].filter(({ kind }) => kind !== "consumers").length : 0;

  const field = useRef<HTMLInputElement>(null);
  useHotkey({ keys: "/", label: "Find an exchange or queue", group: "On a page" }, () => field.current?.focus());
  // Another vhost has other nodes.
  const before = useRef(vhost);
  useEffect(() => {
    if (before.current !== vhost) void setLook({ near: null, within: null, open: null });
    before.current = vhost;
  }, [vhost, setLook]);

  const enter = (node: Node) => {
    if (node.kind === "group" && node.name !== "") return void setLook({ within: node.name, open: null });
    const page = pageOfNode(node);
    if (page !== null) router.push(page);
  };
  const panel = opened && shown && (
    <TopologyPanel
      node={opened}
      shown={shown}
      onOpen={(id) => void setLook({ open: id })}
      onNear={(node) => void setLook({ near: node.id, within: null, find: "" })}
      onWithin={enter}
      onClose={() => void setLook({ open: null })}
    />
  );

  return (
    <>
      <PageHead
        title="Topology"
        note={
          shown && graph
            ? shown.covered === things
              ? formatCount(things)
              : `${formatCount(shown.covered)} of ${formatCount(things)}`
            : undefined
        }
        divided
        actions={
          <Segments
            label="Form"
            value={form}
            onChange={(next) => void setAs({ as: next })}
            options={[
              { value: "graph", label: "Graph", icon: <Workflow className="icon-14" aria-hidden="true" /> },
              { value: "list", label: "List", icon: <List className="icon-14" aria-hidden="true" /> },
            ]}
          />
        }
      />
      <FilterBar
        end={
          <span className="flex gap-2 phone:hidden">
            <Checkbox checked={dead} onCheckedChange={(next) => void setLook({ dead: next })}>
              Dead-letter paths
            </Checkbox>
            <Checkbox checked={idle} onCheckedChange={(next) => void setLook({ idle: next })}>
              Idle
            </Checkbox>
          </span>
        }
      >
        <div className="flex min-w-0 flex-1 flex-wrap items-center gap-2">
          {near !== null && (
            <Narrowed
              label={`near ${near.split(" ").slice(2).join(" ")}`}
              onClear={() => void setLook({ near: null })}
            />
          )}
          {within !== null && <Narrowed label={`${within}…`} onClear={() => void setLook({ within: null })} />}
          <Input
            ref={field}
            type="search"
            aria-label="Find an exchange or queue"
            placeholder="Find an exchange or queue"
            value={find}
            onChange={(event) => void setLook({ find: event.target.value || null })}
            className="max-w-80 min-w-40 flex-1"
          />
        </div>
      </FilterBar>
      <SplitView
        name="topology"
        width={340}
        panel={panel}
        panelLabel={opened ? nameOf(opened) : "Selected"}
        onClose={() => void setLook({ open: null })}
      >
        {failed && <ErrorState error={failed.error} onRetry={() => void failed.refetch()} />}
        {shown && shown.nodes.length === 0 && (
          <EmptyState
            title={things === 0 ? "Nothing is declared here yet" : "Nothing matches"}
            actions={things === 0 ? <ButtonLink href="/connect">Connect a program</ButtonLink> : undefined}
          >
            {things === 0
              ? "Exchanges, queues and what leads from one to the other appear as programs declare them."
              : "No exchange or queue here has this in its name, or all of them are idle."}
          </EmptyState>
        )}
        {shown &&
          shown.nodes.length > 0 &&
          (form === "list" ? (
            <TopologyOutline shown={shown} open={open} onOpen={(node) => void setLook({ open: node.id })} />
          ) : (
            <TopologyGraph
              shown={shown}
              open={open}
              onOpen={(node) => void setLook({ open: node?.id ?? null })}
              onEnter={enter}
            />
          ))}
      </SplitView>
    </>
  );
}

function Narrowed({ label, onClear }: { label: string; onClear: () => void }) {
  return (
    <button
      type="button"
      onClick={onClear}
      aria-label={`Shown is only ${label}. Show everything`}
      className="inline-flex h-7 items-center gap-1 rounded-3 border border-accent-line bg-accent-tint px-1.5 text-12 phone:h-10"
    >
      <code className="clip-text max-w-60">{label}</code>
      <X className="icon-14 text-ink-3" aria-hidden="true" />
    </button>
  );
}

/** The topology of the vhost that the frame has chosen. */
export function TopologyPage() {
  const { vhost } = useVhost();
  return <TopologyView vhost={vhost} />;
}
