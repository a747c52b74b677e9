import type { Workload } from "@/bench/bench";
import { comparePages } from "@/bench/console";

/** What a person waits for, on servers of its own; the numbers are printed, and not among those of the engine. */
export const consolePages: Workload = {
  name: "console",
  number: "C1",
  title: "the same tasks on Warren's pages and on RabbitMQ's, if it is installed; only when asked for",
  run: ({ options }) => comparePages(options.rounds, [1_000, 10_000]),
};
