"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { parseAsString, parseAsStringLiteral, useQueryState } from "nuqs";
import { useState } from "react";
import { PolicyRows } from "@/components/error-policies/policy-rows";
import { useOneVhost, VhostNote } from "@/components/messages/one-vhost";
import { PanelSkeleton } from "@/components/messages/panel-skeleton";
import { useForbiddenPolicies } from "@/components/shell/permission";
import { useVhost, withVhost } from "@/components/shell/vhost";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorNote, ErrorState } from "@/components/ui/error-state";
import { PageHead } from "@/components/ui/page-head";
import { SplitView } from "@/components/ui/split-view";
import { Tabs } from "@/components/ui/tabs";
import { enablePolicy, errorPoliciesQuery, movePolicy } from "@/lib/api-client/error-policies";
import { formatNoun } from "@/lib/format/numbers";

// The list of rules needs none of these.
const NoticesView = dynamic(
  () => import("@/components/error-policies/notices-view").then((parts) => parts.NoticesView),
  {
    ssr: false,
  },
);
const TargetsView = dynamic(
  () => import("@/components/error-policies/targets-view").then((parts) => parts.TargetsView),
  {
    ssr: false,
  },
);
const PolicyPanel = dynamic(
  () => import("@/components/error-policies/policy-panel").then((parts) => parts.PolicyPanel),
  {
    ssr: false,
    loading: PanelSkeleton,
  },
);

const tabs = ["rules", "targets", "notices"] as const;
const tabWords = { rules: "Rules", targets: "Whom to tell", notices: "What was told" } as const;

/** What happens to messages that fail, and who is told. */
export function ErrorPoliciesPage() {
  const [tab] = useQueryState("tab", parseAsStringLiteral(tabs).withDefault("rules"));
  const { vhost } = useVhost();
  return (
    <>
      <PageHead title="Error policies" note="What happens to messages that fail" />
      <Tabs
        label="Error policies"
        tabs={tabs.map((each) => ({
          href: `${withVhost("/error-policies", vhost)}${vhost === null ? "?" : "&"}tab=${each}`,
          label: tabWords[each],
          current: each === tab,
        }))}
      />
      {tab === "rules" ? <Rules /> : tab === "targets" ? <TargetsView /> : <NoticesView />}
    </>
  );
}

function Rules() {
  const { vhost, chosen } = useOneVhost();
  const client = useQueryClient();
  const [open, setOpen] = useQueryState("rule", parseAsString.withOptions({ history: "push" }));
  const { data: policies, error, refetch } = useQuery(errorPoliciesQuery(vhost));
  const [failure, setFailure] = useState<unknown>(null);
  const forbidden = useForbiddenPolicies();
  const act = async (work: () => Promise<unknown>) => {
    setFailure(null);
    try {
      await work();
    } catch (reason) {
      setFailure(reason);
    } finally {
      void client.invalidateQueries({ queryKey: ["error-policies"] });
    }
  };
  const opened = policies?.find(({ id }) => String(id) === open) ?? null;
  const close = () => void setOpen(null);
  return (
    <SplitView
      name="error-policies"
      panelLabel="Rule"
      width={620}
      onClose={close}
      panel={
        policies === undefined || open === null || (open !== "new" && opened === null) ? null : (
          <PolicyPanel
            key={`${vhost} ${open}`}
            vhost={vhost}
            policy={open === "new" ? null : opened}
            policies={policies}
            onClose={close}
            onSaved={(policy) => void setOpen(String(policy.id))}
          />
        )
      }
    >
      <div className="flex min-h-11 shrink-0 flex-wrap items-center gap-2 px-4 py-2">
        <span className="text-12 text-ink-2">
          {policies && `${formatNoun(policies.length, "rule")}. `}The first that matches decides.
        </span>
        <Button
          className="ml-auto"
          icon={<Plus className="icon-14" aria-hidden="true" />}
          disabledReason={forbidden}
          onClick={() => void setOpen("new")}
        >
          Add a rule
        </Button>
      </div>
      {!chosen && <VhostNote vhost={vhost} what="Rules are" />}
      {failure !== null && (
        <div className="px-4 pb-2">
          <ErrorNote title="The rules are as they were." error={failure} />
        </div>
      )}
      {error !== null && policies === undefined ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : policies === undefined ? (
        <PanelSkeleton />
      ) : policies.length === 0 ? (
        <EmptyState
          title={`No rules in ${vhost}`}
          actions={
            <Button disabledReason={forbidden} onClick={() => void setOpen("new")}>
              Add a rule
            </Button>
          }
        >
          Without rules a rejected message goes to its queue's dead-letter exchange. A rule can try it again after a
          while, keep it for a person, tell somebody, or let it go, by why it failed.
        </EmptyState>
      ) : (
        <PolicyRows
          policies={policies}
          openId={opened?.id ?? null}
          forbidden={forbidden}
          onOpen={(policy) => void setOpen(String(policy.id))}
          onMove={(policy, to) => void act(() => movePolicy(policy, to))}
          onEnable={(policy, enabled) => void act(() => enablePolicy(policy, enabled))}
        />
      )}
    </SplitView>
  );
}
