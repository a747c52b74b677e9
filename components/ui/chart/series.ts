export type SeriesColor = "clay" | "info" | "ok" | "warn" | "danger" | "ink";

export type Series = {
  id: string;
  /** RabbitMQ's name for it. */
  label: string;
  color: SeriesColor;
  line?: "solid" | "dashed" | "dotted";
  /** Half as strong as the others. */
  thin?: boolean;
  /** The area below at 12 %. */
  filled?: boolean;
  /** One value per time; null where nothing was measured. */
  values: readonly (number | null)[];
};

type Style = Pick<Series, "id" | "label" | "color" | "line" | "thin" | "filled">;

/** How RabbitMQ's series look, by its names: one place, so that a colour means the same on every page. */
export const seriesStyles = {
  ready: { id: "ready", label: "Ready", color: "clay", filled: true },
  unacked: { id: "unacked", label: "Unacked", color: "info" },
  total: { id: "total", label: "Total", color: "ink", line: "dashed" },
  publish: { id: "publish", label: "Publish", color: "clay" },
  confirm: { id: "confirm", label: "Publisher confirm", color: "clay", line: "dashed" },
  deliverManual: { id: "deliverManual", label: "Deliver (manual ack)", color: "info" },
  deliverAuto: { id: "deliverAuto", label: "Deliver (auto ack)", color: "info", line: "dashed" },
  ack: { id: "ack", label: "Consumer ack", color: "ok" },
  redelivered: { id: "redelivered", label: "Redelivered", color: "warn", line: "dotted" },
  getManual: { id: "getManual", label: "Get (manual ack)", color: "info", thin: true },
  getAuto: { id: "getAuto", label: "Get (auto ack)", color: "info", thin: true, line: "dashed" },
  unroutableReturn: { id: "unroutableReturn", label: "Unroutable (return)", color: "danger", line: "dotted" },
  unroutableDrop: { id: "unroutableDrop", label: "Unroutable (drop)", color: "danger", line: "dotted", thin: true },
} as const satisfies Record<string, Style>;

/** Values in the look of one of RabbitMQ's series. */
export function series(name: keyof typeof seriesStyles, values: readonly (number | null)[]): Series {
  return { ...seriesStyles[name], values };
}

/** The least round number above the largest value, so that three or four grid lines fall on round numbers. */
export function axisTop(largest: number): number {
  if (!(largest > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(largest));
  const step = [1, 1.5, 2, 3, 4, 4.5, 6, 8, 10].find((factor) => factor * power >= largest) ?? 10;
  return Number((step * power).toPrecision(3));
}

/** The grid lines of an axis that ends at `top` (from `axisTop`): three or four of them, zero included. */
export function axisLines(top: number): number[] {
  const first = Number((top / 10 ** Math.floor(Math.log10(top))).toPrecision(2));
  const parts = first === 4 || first === 8 ? 4 : first === 2 || first === 10 || first === 1 ? 2 : 3;
  return Array.from({ length: parts + 1 }, (_, at) => (top / parts) * at);
}
