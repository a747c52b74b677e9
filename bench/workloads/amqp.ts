import { compareAmqp } from "@/bench/amqp";
import type { Workload } from "@/bench/bench";

/** What clients see, on servers of its own; the numbers are printed, and not among those of the engine. */
export const amqp: Workload = {
  name: "amqp",
  number: "A1",
  title: "through AMQP, against RabbitMQ if it is installed; only when asked for",
  run: ({ options }) => compareAmqp(options.seconds * 4, "", options.rounds),
};
