"use client";

import { Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { parseAsStringLiteral, useQueryState } from "nuqs";
import { type PolicyTab, policyTabHref, policyTabs } from "@/components/policies/links";
import { PolicyList } from "@/components/policies/policy-list";
import { useOpenPolicy } from "@/components/policies/use-open-policy";
import { useForbiddenAdministration, useForbiddenPolicies } from "@/components/shell/permission";
import { useVhost } from "@/components/shell/vhost";
import { Button } from "@/components/ui/button";
import { PageHead } from "@/components/ui/page-head";
import { Tabs } from "@/components/ui/tabs";

// Policies need nothing of it.
const LimitsView = dynamic(() => import("@/components/limits/limits-view").then((parts) => parts.LimitsView), {
  ssr: false,
});

const tabWords = { user: "Policies", operator: "Operator policies", limits: "Limits" } as const;
const notes: Readonly<Record<PolicyTab, string>> = {
  user: "Settings for all queues and exchanges whose names match",
  operator: "What policies and arguments may set at most",
  limits: "How much virtual hosts and users may open",
};

/** Settings for many queues and exchanges at once, by their names; and how much virtual hosts and users may have. */
export function PoliciesPage() {
  const [tab] = useQueryState("tab", parseAsStringLiteral(policyTabs).withDefault("user"));
  const { vhost } = useVhost();
  return (
    <>
      <PageHead
        title="Policies and limits"
        note={notes[tab]}
        actions={tab === "limits" ? undefined : <AddButton kind={tab} />}
      />
      <Tabs
        label="Policies and limits"
        tabs={policyTabs.map((each) => ({
          href: policyTabHref(each, vhost),
          label: tabWords[each],
          current: each === tab,
        }))}
      />
      {tab === "limits" ? <LimitsView /> : <PolicyList key={tab} kind={tab} label={tabWords[tab]} />}
    </>
  );
}

function AddButton({ kind }: { kind: "user" | "operator" }) {
  const { add, opened, openNew } = useOpenPolicy();
  const [policymaker, administrator] = [useForbiddenPolicies(), useForbiddenAdministration()];
  return (
    <Button
      // Beside the form's own button it steps back.
      variant={add || opened !== null ? "default" : "primary"}
      icon={<Plus className="icon-14" aria-hidden="true" />}
      disabledReason={kind === "user" ? policymaker : administrator}
      onClick={openNew}
    >
      {kind === "user" ? "Add policy" : "Add operator policy"}
    </Button>
  );
}
