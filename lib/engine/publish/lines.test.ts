import { expect, test } from "vitest";
import { Lines } from "@/lib/engine/publish/lines";
import type { TopologySnapshot } from "@/lib/engine/topology/snapshot";

const snapshot = {} as TopologySnapshot;

test("each queue has its own line, in the order in which they came, and none when all have gone", () => {
  const lines = new Lines<number>();
  const total = 3000;
  for (let i = 0; i < total; i++) lines.add(1, snapshot, i);
  lines.add(2, snapshot, -1);
  const line = lines.of(1);
  if (!line) throw new Error("there is a line");
  const gone: (number | undefined)[] = [];
  for (let i = 0; i < total - 2; i++) {
    expect(lines.length(line)).toBe(total - i);
    gone.push(lines.first(line));
    lines.drop(line);
  }
  expect(gone).toEqual(Array.from({ length: total - 2 }, (_, i) => i));
  expect(lines.end(line)).toEqual([total - 2, total - 1]);
  expect(lines.of(1)).toBeUndefined();
  const other = lines.of(2);
  if (!other) throw new Error("there is a line");
  lines.drop(other);
  expect(lines.isEmpty).toBe(true);
});
