import type { Edge, Graph, Node } from "@/components/topology/graph";

/** What of the graph is looked at. */
export interface Looking {
  /** A part of names. */
  readonly find: string;
  /** The node whose surroundings are shown; null for all. */
  readonly near: string | null;
  /** What the names of the group that was opened begin with; null for none. */
  readonly within: string | null;
  readonly deadLetters: boolean;
  /** Also what nothing goes through and nothing lies in. */
  readonly idle: boolean;
}

export interface Shown {
  readonly nodes: readonly Node[];
  readonly edges: readonly Edge[];
  /** Exchanges and queues that are shown or lie in a group that is. */
  readonly covered: number;
}

/** More exchanges and queues than this are drawn by groups. */
const mostDrawn = 60;

/** The part of the graph that is looked at, small enough to be drawn: what is too much stands together by name. */
export function shownOf(graph: Graph, looking: Looking, most = mostDrawn): Shown {
  const edges = looking.deadLetters ? graph.edges : graph.edges.filter(({ way }) => way !== "dead");
  const around = neighbours(edges);
  const kept = chosen(graph, around, looking);
  const nodes = [...graph.nodes.values()].filter(({ id }) => kept.has(id));
  const things = nodes.filter(({ kind }) => kind !== "consumers");
  const groups = things.length > most ? grouped(things, looking.within ?? "", most) : new Map<string, Group>();
  return { ...drawn(nodes, edges, kept, groups), covered: things.length };
}

/** Who is next to whom, either way. */
function neighbours(edges: readonly Edge[]): ReadonlyMap<string, readonly string[]> {
  const around = new Map<string, string[]>();
  const note = (one: string, other: string) => {
    const list = around.get(one);
    if (list) list.push(other);
    else around.set(one, [other]);
  };
  for (const { from, to } of edges) {
    note(from, to);
    note(to, from);
  }
  return around;
}

function chosen(graph: Graph, around: ReadonlyMap<string, readonly string[]>, looking: Looking): ReadonlySet<string> {
  const { find, near, within, idle } = looking;
  const all = [...graph.nodes.values()];
  let kept = new Set(all.map(({ id }) => id));
  if (near !== null && graph.nodes.has(near)) kept = reach(graph, around, [near], 2);
  if (within !== null) {
    const inside = all.filter(({ id, kind, name }) => kept.has(id) && kind !== "consumers" && name.startsWith(within));
    kept = reach(graph, around, ids(inside), 1);
  }
  if (find !== "") {
    const sought = find.toLowerCase();
    const found = all.filter(({ id, name }) => kept.has(id) && name.toLowerCase().includes(sought));
    kept = reach(graph, around, ids(found), 1);
  }
  if (!idle) {
    for (const { id, kind, rate, ready } of all) if (kind === "queue" && rate === 0 && ready === 0) kept.delete(id);
    // What led only to them says nothing any more.
    for (const { id, kind } of all) {
      const alone = !(around.get(id) ?? []).some((other) => kept.has(other));
      if (kind !== "queue" && alone) kept.delete(id);
    }
  }
  return kept;
}

const ids = (nodes: readonly Node[]) => nodes.map(({ id }) => id);

/**
 * What can be reached from these in so many steps. The default exchange is next to every queue, so nothing is reached
 * through it; a queue is never shown without its consumers.
 */
function reach(
  graph: Graph,
  around: ReadonlyMap<string, readonly string[]>,
  from: readonly string[],
  steps: number,
): Set<string> {
  const reached = new Set(from);
  let edge = [...from];
  for (let step = 0; step < steps; step++) {
    const next: string[] = [];
    for (const id of edge) {
      const node = graph.nodes.get(id);
      if (step > 0 && node?.kind === "exchange" && node.name === "") continue;
      for (const other of around.get(id) ?? []) if (!reached.has(other)) next.push(other);
    }
    for (const id of next) reached.add(id);
    edge = next;
  }
  for (const id of [...reached]) {
    if (!id.startsWith("queue ")) continue;
    for (const other of around.get(id) ?? []) if (other.startsWith("consumers ")) reached.add(other);
  }
  return reached;
}

interface Group {
  readonly id: string;
  readonly prefix: string;
  readonly kind: "exchange" | "queue";
}

/**
 * Which group each member of one is in: those whose names have the next part in common, then whatever is still too
 * much, the quietest first, in one group of the rest.
 */
function grouped(things: readonly Node[], within: string, most: number): ReadonlyMap<string, Group> {
  const byPrefix = new Map<string, Node[]>();
  for (const node of things) {
    const key = `${node.kind} ${node.vhost} ${prefixOf(node.name, within)}`;
    byPrefix.set(key, [...(byPrefix.get(key) ?? []), node]);
  }
  const weight = (members: readonly Node[]) =>
    members.reduce((sum, { rate, ready, dead }) => sum + rate * 1000 + ready + dead, 0);
  const sets = [...byPrefix].sort(([, a], [, b]) => weight(b) - weight(a));
  const groups = new Map<string, Group>();
  sets.forEach(([key, members], place) => {
    const [first] = members;
    if (first === undefined || first.kind === "consumers" || first.kind === "group") return;
    const rest = place >= most - 2;
    if (members.length === 1 && !rest) return;
    const prefix = rest ? "" : prefixOf(first.name, within);
    const id = rest ? `group ${first.kind}` : `group ${key}`;
    for (const member of members) groups.set(member.id, { id, prefix, kind: first.kind });
  });
  return groups;
}

/** What a name begins with, as far as the first separator after `within`: `orders.` of `orders.new`. */
export function prefixOf(name: string, within: string): string {
  const start = name.startsWith(within) ? within.length : 0;
  const end = name.slice(start).search(/[.\-_:/@ ]/);
  return end === -1 ? name : name.slice(0, start + end + 1);
}

function drawn(
  nodes: readonly Node[],
  edges: readonly Edge[],
  kept: ReadonlySet<string>,
  groups: ReadonlyMap<string, Group>,
): Pick<Shown, "nodes" | "edges"> {
  const made = new Map<string, Node>();
  const placeOf = (node: Node): string => {
    const group = groups.get(node.kind === "consumers" ? node.id.replace("consumers", "queue") : node.id);
    if (group === undefined) return node.id;
    return node.kind === "consumers" ? `consumers of ${group.id}` : group.id;
  };
  const place = new Map(nodes.map((node) => [node.id, placeOf(node)]));
  for (const node of nodes) {
    const id = place.get(node.id) ?? node.id;
    const before = made.get(id);
    const group = groups.get(node.id);
    made.set(id, before ? sum(before, node) : id === node.id ? node : asGroup(node, id, group));
  }
  const merged = new Map<string, Edge>();
  for (const edge of edges) {
    if (!kept.has(edge.from) || !kept.has(edge.to)) continue;
    const [from, to] = [place.get(edge.from) ?? edge.from, place.get(edge.to) ?? edge.to];
    if (from === to) continue;
    const id = `${edge.way} ${from} ${to}`;
    const before = merged.get(id);
    merged.set(id, {
      ...edge,
      ...{ id, from, to },
      ...(before && { rate: before.rate + edge.rate, keys: [...new Set([...before.keys, ...edge.keys])].slice(0, 50) }),
    });
  }
  return { nodes: [...made.values()], edges: [...merged.values()] };
}

function asGroup(node: Node, id: string, group: Group | undefined): Node {
  if (group === undefined) return { ...node, id };
  return { ...node, id, kind: "group", type: group.kind, name: group.prefix };
}

function sum(a: Node, b: Node): Node {
  return {
    ...a,
    rate: a.rate + b.rate,
    ready: a.ready + b.ready,
    dead: a.dead + b.dead,
    consumers: a.consumers + b.consumers,
    full: a.full + b.full,
    members: a.members + b.members,
  };
}
