import type { Contestant } from "@/bench/contestants/contestant";
import type { Warren } from "@/bench/contestants/warren";
import { warrenAsDoor } from "@/bench/contestants/warren-door";
import type { Measurement, Meter } from "@/bench/meter";
import type { BenchOptions } from "@/bench/options";
import type { BenchPostgres } from "@/bench/postgres";
import { random, shuffled } from "@/bench/random";
import { type CaseResult, caseResult, caseTable } from "@/bench/report";

/** One kind of load, with its cases. */
export interface Workload {
  readonly name: string;
  /** As in the list of what is to be measured, e.g. "B1". */
  readonly number: string;
  readonly title: string;
  run(bench: Bench): Promise<void>;
}

/** Somebody who is measured in a case: a contestant, or a variant of one. */
export interface Participant {
  readonly name: string;
  measure(): Promise<Measurement>;
}

/** What workloads work with. */
export class Bench {
  readonly options: BenchOptions;
  readonly postgres: BenchPostgres;
  readonly meter: Meter;
  readonly warren: Warren;
  /** Warren, its peers and the limit script, as far as they were asked for. */
  readonly contestants: readonly Contestant[];
  /** Warren as its AMQP door uses it, where Warren was asked for. */
  readonly door: readonly Contestant[];
  readonly results: CaseResult[] = [];
  readonly #order: () => number;
  #workload: Workload | undefined;

  constructor(given: {
    options: BenchOptions;
    postgres: BenchPostgres;
    meter: Meter;
    warren: Warren;
    contestants: readonly Contestant[];
  }) {
    this.options = given.options;
    this.postgres = given.postgres;
    this.meter = given.meter;
    this.warren = given.warren;
    this.contestants = given.contestants;
    this.door = this.isAskedFor("warren") ? [warrenAsDoor(given.warren)] : [];
    this.#order = random(given.options.seed);
  }

  async run(workload: Workload): Promise<void> {
    this.#workload = workload;
    console.log(`\n${workload.number} ${workload.name}: ${workload.title}`);
    await workload.run(this);
  }

  isAskedFor(name: string): boolean {
    const { only } = this.options;
    return only.length === 0 || only.includes(name);
  }

  /**
   * Measures all participants in several rounds, each round in another order, after one round to warm up that doesn't
   * count, and prints the case's table. Ratios are to the participant `reference`.
   */
  async compare(name: string, participants: readonly Participant[], reference = "warren"): Promise<void> {
    if (!name.includes(this.options.cases)) return;
    const rounds: Map<string, Measurement>[] = [];
    for (let round = 0; round <= this.options.rounds; round++) {
      const measured = new Map<string, Measurement>();
      for (const participant of shuffled(participants, this.#order)) {
        measured.set(participant.name, await participant.measure());
      }
      if (round > 0) rounds.push(measured);
    }
    const result = caseResult(this.#workload?.name ?? "", name, reference, rounds);
    this.results.push(result);
    console.log(caseTable(result));
  }
}
