import type { JsonNode } from "@/components/body/json-nodes";

/** One row of the tree: a value, or the closing bracket of the one at `node`. */
export interface TreeRow {
  readonly node: number;
  readonly closing: boolean;
}

/** So many rows are shown at first, unless the outermost level alone has more. */
const rowsAtFirst = 400;

/** What is folded at first: nothing in a small body; in a large one everything below the last level that fits. */
export function initialFolds(nodes: readonly JsonNode[]): ReadonlySet<number> {
  const folds = new Set<number>();
  if (nodes.length <= rowsAtFirst) return folds;
  const perDepth: number[] = [];
  for (const node of nodes) perDepth[node.depth] = (perDepth[node.depth] ?? 0) + 1;
  let depth = 1;
  let rows = (perDepth[0] ?? 0) + (perDepth[1] ?? 0);
  while (depth + 1 < perDepth.length && rows + (perDepth[depth + 1] ?? 0) <= rowsAtFirst) {
    depth++;
    rows += perDepth[depth] ?? 0;
  }
  nodes.forEach((node, index) => {
    if (node.size > 0 && node.depth >= depth) folds.add(index);
  });
  return folds;
}

/** Everything that can be folded but the root. */
export function allFolds(nodes: readonly JsonNode[]): ReadonlySet<number> {
  const folds = new Set<number>();
  nodes.forEach((node, index) => {
    if (node.size > 0 && node.depth > 0) folds.add(index);
  });
  return folds;
}

/** The rows that can be seen when `folds` are folded. */
export function treeRows(nodes: readonly JsonNode[], folds: ReadonlySet<number>): readonly TreeRow[] {
  const rows: TreeRow[] = [];
  const open: number[] = [];
  const closeUpTo = (index: number) => {
    for (;;) {
      const last = open.at(-1);
      const node = last === undefined ? undefined : nodes[last];
      if (last === undefined || !node || node.end > index) return;
      open.pop();
      if (node.closed) rows.push({ node: last, closing: true });
    }
  };
  let index = 0;
  while (index < nodes.length) {
    closeUpTo(index);
    const node = nodes[index];
    if (!node) break;
    rows.push({ node: index, closing: false });
    if (node.size > 0 && folds.has(index)) index = node.end;
    else {
      if (node.size > 0) open.push(index);
      index++;
    }
  }
  closeUpTo(nodes.length);
  return rows;
}
