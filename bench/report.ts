import { type Measurement, median } from "@/bench/meter";

/** One line of a table: medians over the rounds. */
export interface ParticipantResult {
  readonly participant: string;
  readonly median: Measurement;
  /** Median of the ratios of the rounds: the reference's rate by this one's. */
  readonly ratio: number | null;
  /** Median of this one's CPU for a message by the reference's: tells what the machine's other work hides. */
  readonly cpuRatio: number | null;
  readonly rounds: readonly Measurement[];
}

export interface CaseResult {
  readonly workload: string;
  readonly case: string;
  readonly reference: string;
  readonly participants: readonly ParticipantResult[];
}

export function caseResult(
  workload: string,
  name: string,
  reference: string,
  rounds: readonly ReadonlyMap<string, Measurement>[],
): CaseResult {
  const names = [...(rounds[0]?.keys() ?? [])].sort((a, b) => rankOf(a, reference) - rankOf(b, reference));
  const participants = names.map((participant) => {
    const own = rounds.flatMap((round) => round.get(participant) ?? []);
    const ratios = rounds.flatMap((round) => {
      const [ours, theirs] = [round.get(reference), round.get(participant)];
      return ours && theirs && theirs.perSecond > 0 ? [ours.perSecond / theirs.perSecond] : [];
    });
    const cpuRatios = rounds.flatMap((round) => {
      const [ours, theirs] = [cpuOf(round.get(reference)), cpuOf(round.get(participant))];
      return ours > 0 && theirs > 0 ? [theirs / ours] : [];
    });
    return {
      participant,
      median: medians(own),
      ratio: ratios.length > 0 ? median(ratios) : null,
      cpuRatio: cpuRatios.length > 0 ? median(cpuRatios) : null,
      rounds: own,
    };
  });
  return { workload, case: name, reference, participants };
}

/** Of Node and Postgres, in us for each message; 0 where it isn't known. */
function cpuOf(measured: Measurement | undefined): number {
  return measured && measured.postgresUs !== null ? measured.nodeUs + measured.postgresUs : 0;
}

function rankOf(name: string, reference: string): number {
  return name === reference
    ? -1
    : ["warren", "graphile-worker", "pg-boss", "pgmq", "limit", "pgbench"].indexOf(name) + 1;
}

function medians(own: readonly Measurement[]): Measurement {
  const of = (pick: (one: Measurement) => number | null) => {
    const values = own.flatMap((one) => pick(one) ?? []);
    return values.length > 0 ? median(values) : null;
  };
  const names = new Set(own.flatMap((one) => Object.keys(one.more)));
  return {
    count: of((one) => one.count) ?? 0,
    seconds: of((one) => one.seconds) ?? 0,
    perSecond: of((one) => one.perSecond) ?? 0,
    nodeUs: of((one) => one.nodeUs) ?? 0,
    postgresUs: of((one) => one.postgresUs),
    walBytes: of((one) => one.walBytes) ?? 0,
    p50Ms: of((one) => one.p50Ms),
    p99Ms: of((one) => one.p99Ms),
    more: Object.fromEntries([...names].map((name) => [name, of((one) => one.more[name] ?? null) ?? 0])),
  };
}

/** A case as text, one line for each participant. */
export function caseTable(result: CaseResult): string {
  const hasLatency = result.participants.some(({ median }) => median.p50Ms !== null);
  const extra = [...new Set(result.participants.flatMap(({ median }) => Object.keys(median.more)))];
  const head = ["messages/s", `${result.reference} is x`, "CPU x", "node us", "postgres us", "WAL bytes"];
  const heads = [result.case, ...head, ...(hasLatency ? ["p50 ms", "p99 ms"] : []), ...extra];
  const lines = result.participants.map(({ participant, median: m, ratio, cpuRatio }) => [
    participant,
    whole(m.perSecond),
    ratio === null || participant === result.reference ? "" : ratio.toFixed(2),
    cpuRatio === null || participant === result.reference ? "" : cpuRatio.toFixed(2),
    m.nodeUs.toFixed(1),
    m.postgresUs === null ? "?" : m.postgresUs.toFixed(1),
    whole(m.walBytes),
    ...(hasLatency ? [fixed(m.p50Ms), fixed(m.p99Ms)] : []),
    ...extra.map((name) => (m.more[name] === undefined ? "" : number(m.more[name]))),
  ]);
  const widths = heads.map((title, index) =>
    Math.max(title.length, ...lines.map((line) => (line[index] ?? "").length)),
  );
  const row = (cells: readonly string[]) =>
    cells
      .map((cell, index) =>
        index === 0 ? cell.padEnd(Math.max(40, widths[0] ?? 0)) : cell.padStart(widths[index] ?? 0),
      )
      .join("  ");
  return [heads, ...lines].map((line) => `  ${row(line)}`).join("\n");
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en");
}

function fixed(value: number | null): string {
  return value === null ? "" : value.toFixed(2);
}

function number(value: number): string {
  return Math.abs(value) >= 100 ? whole(value) : value.toFixed(2);
}
