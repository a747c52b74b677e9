"use client";

import { parseAsStringLiteral, useQueryState } from "nuqs";
import { Chart } from "@/components/ui/chart/chart";
import { type RangeName, rangeNames, ranges } from "@/components/ui/chart/ranges";
import { series } from "@/components/ui/chart/series";
import { Segments } from "@/components/ui/segments";
import type { Sample } from "@/lib/api-client/queues";
import { formatCount, formatRate } from "@/lib/format/numbers";

/** The range of the charts of a page, in its URL. */
export function useChartRange() {
  const [range, setRange] = useQueryState("range", parseAsStringLiteral(rangeNames).withDefault("ten-minutes"));
  return { range, setRange: (next: RangeName) => void setRange(next), ...ranges[range] };
}

/** Queued messages and message rates side by side, under one crosshair. `unroutable` only for a whole broker. */
export function MessageCharts({
  name,
  samples,
  range,
  onRange,
  unroutable = false,
}: {
  name: string;
  samples: readonly Sample[];
  range: RangeName;
  onRange: (range: RangeName) => void;
  unroutable?: boolean;
}) {
  const times = samples.map((sample) => sample.timestamp / 1000);
  const rate = (counter: keyof Sample["rates"]) => samples.map((sample) => sample.rates[counter]);
  const rates = [
    series("publish", rate("publish")),
    series("deliverManual", rate("deliver")),
    series("ack", rate("ack")),
    series("redelivered", rate("redeliver")),
    ...optional("deliverAuto", rate("deliver_no_ack")),
    ...optional("getManual", rate("get")),
    ...optional("getAuto", rate("get_no_ack")),
    ...(unroutable ? optional("unroutableReturn", rate("return_unroutable")) : []),
    ...(unroutable ? optional("unroutableDrop", rate("drop_unroutable")) : []),
  ];
  return (
    <section
      aria-label="Charts"
      className="grid shrink-0 grid-cols-2 divide-x divide-line border-b border-line narrow:grid-cols-1 narrow:divide-x-0 narrow:divide-y"
    >
      <Chart
        name={`${name}.queued`}
        title="Queued messages"
        times={times}
        format={formatCount}
        syncKey={name}
        series={[
          series(
            "ready",
            samples.map((sample) => sample.messages_ready),
          ),
          series(
            "unacked",
            samples.map((sample) => sample.messages_unacknowledged),
          ),
          series(
            "total",
            samples.map((sample) => sample.messages),
          ),
        ]}
      />
      <Chart
        name={`${name}.rates`}
        title="Message rates"
        times={times}
        format={formatRate}
        syncKey={name}
        series={rates}
        actions={
          <Segments
            label="Range of the charts"
            value={range}
            onChange={onRange}
            options={rangeNames.map((value) => ({ value, label: ranges[value].label }))}
          />
        }
      />
    </section>
  );
}

/** Series that most brokers never use stay away until they move. */
function optional(name: Parameters<typeof series>[0], values: readonly number[]) {
  return values.some((value) => value > 0) ? [series(name, values)] : [];
}
