"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { PanelSkeleton } from "@/components/messages/panel-skeleton";
import { PolicyEditor } from "@/components/policies/policy-editor";
import { called } from "@/components/policies/policy-words";
import { ErrorState } from "@/components/ui/error-state";
import { Note } from "@/components/ui/note";
import { PanelHead } from "@/components/ui/split-view";
import { NameText } from "@/components/ui/visible-text";
import { type Policy, type PolicyKind, policiesQuery } from "@/lib/api-client/policies";

/** The panel of a policy of a name. What is typed stays even when somebody deletes the policy meanwhile. */
export function PolicyPanel({
  kind,
  vhost,
  name,
  onClose,
  onAdded,
}: {
  kind: PolicyKind;
  vhost: string;
  name: string;
  onClose: () => void;
  onAdded: (policy: Policy) => void;
}) {
  const { data, error, refetch } = useQuery(policiesQuery(kind, vhost));
  const [wasThere, setWasThere] = useState(false);
  const policy = data?.find((each) => each.name === name) ?? null;
  if (policy !== null && !wasThere) setWasThere(true);
  if (policy !== null || wasThere) {
    return <PolicyEditor kind={kind} vhost={vhost} policy={policy} onClose={onClose} onAdded={onAdded} />;
  }
  return (
    <>
      <PanelHead onClose={onClose}>
        <h2 className="mono clip-text" title={name}>
          <NameText text={name} />
        </h2>
      </PanelHead>
      {error !== null ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : data === undefined ? (
        <PanelSkeleton />
      ) : (
        <div className="px-4 pt-3">
          <Note role="status">
            There is no {called[kind]} {name} in {vhost}. Somebody may have deleted it.
          </Note>
        </div>
      )}
    </>
  );
}
