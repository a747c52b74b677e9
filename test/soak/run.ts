import process from "node:process";
import { parseArgs } from "node:util";
import { type FaultName, faultNames } from "@/test/soak/faults";
import { soak } from "@/test/soak/soak";

const usage = `Usage: npm run soak [-- [options]]

Runs broker and web processes with wrong clocks on a Postgres of its own, publishes and consumes over AMQP, HTTP and SQL,
kills processes, connections and the database all the time, and then holds what the clients know against what is there.

  --minutes 10        how long faults go on
  --brokers 3         broker processes
  --webs 2            processes with the HTTP API
  --clients 3         of each kind
  --pause 3           seconds between two faults, at most
  --seed 1            other choices
  --only "kill Postgres,a broker is stuck"   these faults only

The status is 0 if every promise was kept, else 1.`;

/** `npm run soak`. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: "string", default: "10" },
      brokers: { type: "string", default: "3" },
      webs: { type: "string", default: "2" },
      clients: { type: "string", default: "3" },
      pause: { type: "string", default: "3" },
      seed: { type: "string" },
      only: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return console.log(usage);
  const all: readonly FaultName[] = [...faultNames, "a broker is stuck"];
  const chosen = values.only === undefined ? all : all.filter((name) => values.only?.split(",").includes(name));
  if (chosen.length === 0) throw new Error(`There are these faults: ${all.join(", ")}.`);
  const report = await soak({
    brokers: Number(values.brokers),
    webs: Number(values.webs),
    clients: Number(values.clients),
    faults: faultsFor(chosen, Number(values.minutes) * 60_000),
    pauseMs: Number(values.pause) * 1000,
    seed: Number(values.seed ?? Date.now() % 2 ** 31),
    say: (line) => console.log(line),
  });
  const { violations, printed, ...numbers } = report;
  if (violations.length > 0) console.log(printed.slice(-200).join("\n"));
  console.log(JSON.stringify(numbers, null, 1));
  for (const text of violations.slice(0, 100)) console.log(`BROKEN: ${text}`);
  console.log(violations.length === 0 ? "Every promise was kept." : `${violations.length} promises were broken.`);
  process.exit(violations.length === 0 ? 0 : 1);
}

/** Each once in a random order, again and again until the time is over. */
function* faultsFor(names: readonly FaultName[], ms: number): Iterable<FaultName> {
  const end = Date.now() + ms;
  for (;;) {
    for (const name of [...names].sort(() => Math.random() - 0.5)) {
      if (Date.now() > end) return;
      yield name;
    }
  }
}
