"use client";

import { useQuery } from "@tanstack/react-query";
import { MessageCharts, useChartRange } from "@/components/charts/message-charts";
import { BrokerFigures } from "@/components/overview/broker-figures";
import { GettingStarted } from "@/components/overview/getting-started";
import { NeedsAttention } from "@/components/overview/needs-attention";
import { NodesTable } from "@/components/overview/nodes-table";
import { SampleSection } from "@/components/overview/sample-section";
import { useVhost } from "@/components/shell/vhost";
import { ErrorState } from "@/components/ui/error-state";
import { PageHead } from "@/components/ui/page-head";
import { consumersQuery } from "@/lib/api-client/connections";
import { samplesQuery } from "@/lib/api-client/overview";
import { queuesQuery } from "@/lib/api-client/queues";

/** Do I have to do anything? What needs a person first, then totals and charts, then nodes. */
export function OverviewPage() {
  const { vhost } = useVhost();
  const { range, setRange, ageMs, incrementMs } = useChartRange();
  const queues = useQuery(queuesQuery(vhost));
  const samples = useQuery(samplesQuery(vhost, ageMs, incrementMs));
  const consumers = useQuery(consumersQuery(vhost));
  const empty = queues.data?.length === 0;
  return (
    <>
      <PageHead title="Overview" divided />
      <div className="flex min-h-0 flex-1 flex-col overflow-y-auto">
        {queues.error && queues.data === undefined ? (
          <ErrorState error={queues.error} onRetry={() => void queues.refetch()} />
        ) : empty ? (
          <GettingStarted vhost={vhost} />
        ) : (
          <>
            <NeedsAttention queues={queues.data} consumers={consumers.data} />
            <BrokerFigures queues={queues.data} />
            <MessageCharts
              name="overview"
              samples={samples.data?.samples ?? []}
              range={range}
              onRange={setRange}
              unroutable
            />
            <div className="grid flex-1 grid-cols-2 divide-x divide-line narrow:grid-cols-1 narrow:divide-x-0 narrow:divide-y">
              <NodesTable />
              <SampleSection />
            </div>
          </>
        )}
      </div>
    </>
  );
}
