"use client";

import { useMemo, useState } from "react";
import { Button } from "@/components/ui/button";
import { Chart, ChartPair } from "@/components/ui/chart/chart";
import { series } from "@/components/ui/chart/series";
import { KeyFigure, KeyFigures } from "@/components/ui/key-figure";
import { SectionHead } from "@/components/ui/page-head";
import { Segments } from "@/components/ui/segments";
import { formatCount, formatRate } from "@/lib/format/numbers";

/** Key figures and charts, with made-up figures. */
export function KitCharts() {
  const [range, setRange] = useState("ten");
  const { times, depth, flow } = useMemo(() => {
    const from = Math.floor(Date.now() / 1000) - 600;
    const at = Array.from({ length: 60 }, (_, place) => from + place * 10);
    const ready = at.map((_, place) => (place < 20 ? 20 : 20 + (place - 20) * 32 + 10 * Math.sin(place)));
    const out = at.map((_, place) => (place < 26 ? 3.2 : 1.3) + 0.2 * Math.sin(place * 2));
    return {
      times: at,
      depth: [
        series("ready", ready),
        series(
          "unacked",
          at.map(() => 5),
        ),
        series(
          "total",
          ready.map((value) => value + 5),
        ),
      ],
      flow: [
        series(
          "publish",
          at.map((_, place) => 3.5 + 0.4 * Math.sin(place * 1.3)),
        ),
        series("deliverManual", out),
        series(
          "ack",
          out.map((value, place) => value + 0.1 * Math.cos(place)),
        ),
        series(
          "redelivered",
          at.map((_, place) => (place % 17 === 5 ? 0.4 : 0)),
        ),
      ],
    };
  }, []);
  return (
    <>
      <KeyFigures
        groups={[
          [
            <KeyFigure key="r" label="Ready" value="1,284" note="+126 per min" tone="warn" />,
            <KeyFigure key="u" label="Unacked" value="5" note="of 5 by prefetch" />,
            <KeyFigure key="t" label="Total" value="1,289" />,
          ],
          [
            <KeyFigure key="i" label="incoming" value="3.4" unit="/s" />,
            <KeyFigure key="d" label="deliver / get" value="1.3" unit="/s" />,
          ],
        ]}
        end={
          <dl>
            <KeyFigure label="Oldest waits" value="10 min 04 s" />
          </dl>
        }
      />
      <ChartPair>
        <Chart name="kit.depth" title="Queued messages" times={times} series={depth} format={formatCount} />
        <Chart
          name="kit.flow"
          title="Message rates"
          times={times}
          series={flow}
          format={formatRate}
          actions={
            <Segments
              label="Range"
              value={range}
              onChange={setRange}
              options={[
                { value: "minute", label: "Minute" },
                { value: "ten", label: "Ten minutes" },
                { value: "hour", label: "Hour" },
                { value: "eight", label: "Eight hours" },
                { value: "day", label: "Day" },
              ]}
            />
          }
        />
      </ChartPair>
      <SectionHead title="Consumers" note="6" actions={<Button variant="ghost">All columns</Button>} />
    </>
  );
}
