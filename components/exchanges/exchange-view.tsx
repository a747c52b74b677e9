"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Send, Trash2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { BindingsPanel } from "@/components/bindings/bindings-panel";
import { PolicyLinks } from "@/components/policies/policy-links";
import { exchangeHref, publishHref } from "@/components/queues/links";
import { Features } from "@/components/queues/queue-features";
import { useFrameVhost, withVhost } from "@/components/shell/vhost";
import { Button, ButtonLink } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { KeyFigure, KeyFigures } from "@/components/ui/key-figure";
import { HeadRule, PageHead } from "@/components/ui/page-head";
import { Skeleton } from "@/components/ui/skeleton";
import { TextLink } from "@/components/ui/text-link";
import { showDone } from "@/components/ui/toast";
import { NameText } from "@/components/ui/visible-text";
import { bindingsQuery } from "@/lib/api-client/bindings";
import { ApiError } from "@/lib/api-client/client";
import { defaultExchangeLabel, deleteExchange, type Exchange, exchangeQuery } from "@/lib/api-client/exchanges";
import { formatCount, formatNoun, rateNumber } from "@/lib/format/numbers";

/** An exchange: what comes in, where it goes. `name` is empty for the default exchange. */
export function ExchangeView({ vhost, name }: { vhost: string; name: string }) {
  const { data: exchange, error, refetch } = useQuery(exchangeQuery(vhost, name));
  if (error instanceof ApiError && error.status === 404) {
    return (
      <>
        <PageHead title={name} mono divided />
        <EmptyState
          title={`There is no exchange ${name} in ${vhost}`}
          actions={<ButtonLink href="/exchanges">See all exchanges</ButtonLink>}
        >
          It may have been deleted, by a person or because it was auto-delete.
        </EmptyState>
      </>
    );
  }
  if (error && exchange === undefined) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return (
    <>
      <PageHead
        title={name || defaultExchangeLabel}
        mono
        divided
        actions={
          <>
            <ButtonLink href={publishHref(vhost, name, "")} icon={<Send className="icon-14" aria-hidden="true" />}>
              Publish
            </ButtonLink>
            <HeadRule />
            <DeleteExchange vhost={vhost} name={name} />
          </>
        }
      >
        {exchange && (
          <>
            <span className="text-ink-2">{exchange.type}</span>
            <Features of={exchange} />
            <PolicyLinks of={exchange} />
            <Alternate exchange={exchange} />
          </>
        )}
      </PageHead>
      <Figures exchange={exchange} />
      <div className="grid min-h-0 flex-1 grid-cols-2 divide-x divide-line overflow-y-auto narrow:grid-cols-1 narrow:divide-x-0 narrow:divide-y">
        <BindingsPanel vhost={vhost} exchange={name} end="source" />
        {name === "" ? (
          <EmptyState title="Every queue is bound here by its name">
            The default exchange delivers to the queue whose name equals the routing key. Its bindings come and go with
            the queues and can’t be changed.
          </EmptyState>
        ) : (
          <BindingsPanel vhost={vhost} exchange={name} end="destination" />
        )}
      </div>
    </>
  );
}

function Alternate({ exchange }: { exchange: Exchange }) {
  // Its own argument goes before a policy's.
  const alternate =
    exchange.arguments["alternate-exchange"] ?? exchange.effective_policy_definition["alternate-exchange"];
  if (typeof alternate !== "string") return null;
  return (
    <span className="text-12 text-ink-2">
      unrouted to <TextLink href={exchangeHref(exchange.vhost, alternate)}>{alternate}</TextLink>
    </span>
  );
}

function Figures({ exchange }: { exchange: Exchange | undefined }) {
  const stats = exchange?.message_stats;
  const bar = <Skeleton width={40} />;
  return (
    <KeyFigures
      groups={[
        [
          <KeyFigure
            key="in"
            label="Publish in"
            value={exchange ? rateNumber(stats?.publish_in_details?.rate ?? 0) : bar}
            unit="/s"
          />,
          <KeyFigure
            key="out"
            label="Publish out"
            value={exchange ? rateNumber(stats?.publish_out_details?.rate ?? 0) : bar}
            unit="/s"
          />,
        ],
        [
          <KeyFigure
            key="total-in"
            label="In since it was made"
            value={exchange ? formatCount(stats?.publish_in ?? 0) : bar}
          />,
          <KeyFigure
            key="total-out"
            label="Out, copies counted"
            value={exchange ? formatCount(stats?.publish_out ?? 0) : bar}
          />,
        ],
      ]}
    />
  );
}

function DeleteExchange({ vhost, name }: { vhost: string; name: string }) {
  const router = useRouter();
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const { kept } = useFrameVhost();
  const from = useQuery({ ...bindingsQuery({ vhost, exchange: name, end: "source" }), enabled: asking });
  const to = useQuery({ ...bindingsQuery({ vhost, exchange: name, end: "destination" }), enabled: asking });
  const [leaving, leading] = [from.data?.length ?? 0, to.data?.length ?? 0];
  const reserved = name === "" || name.startsWith("amq.") ? "The broker’s own exchanges can’t be deleted" : undefined;
  const remove = async () => {
    await deleteExchange(vhost, name);
    showDone({ message: `Exchange ${name} is deleted` });
    router.push(withVhost("/exchanges", kept));
    await client.invalidateQueries({ queryKey: ["exchanges", "list"] });
  };
  return (
    <>
      <Button
        variant="danger"
        icon={<Trash2 className="icon-14" aria-hidden="true" />}
        disabledReason={reserved}
        onClick={() => setAsking(true)}
      >
        Delete…
      </Button>
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        title={
          <>
            Delete{" "}
            <code className="text-16">
              <NameText text={name} />
            </code>
          </>
        }
        typed={name}
        confirm={`Delete exchange and ${formatNoun(leaving + leading, "binding")}`}
        keep="Keep it"
        onConfirm={remove}
      >
        <p>
          The exchange goes with <b className="font-semibold">{formatNoun(leaving, "binding")}</b> that{" "}
          {leaving === 1 ? "leads" : "lead"} from it, and <b className="font-semibold">{formatCount(leading)}</b> that{" "}
          {leading === 1 ? "leads" : "lead"} to it. Queues and their messages stay. Publishing to it will fail. This
          can’t be undone.
        </p>
      </ConfirmDialog>
    </>
  );
}
