import { setTimeout as sleep } from "node:timers/promises";
import type { Administration } from "@/lib/broker/administration";
import type { Broker } from "@/lib/broker/broker";
import type { DoorCluster } from "@/lib/broker/door-cluster";
import type { LoginCounts } from "@/lib/broker/node-facts";
import type { PresenceBoard } from "@/lib/broker/presence";
import { AccessControl } from "@/lib/engine/access/access-control";
import { authorizedBroker } from "@/lib/engine/access/authorized-broker";
import { postgresAdministration } from "@/lib/engine/administration/postgres-administration";
import type { Duty } from "@/lib/engine/duties/duty";
import { createEngine } from "@/lib/engine/engine";
import { type NodeIdentity, startNode } from "@/lib/engine/node";
import { SampleSwitch } from "@/lib/engine/sample-switch";
import { noticeSender } from "@/lib/notify/sender";
import type { AmqpAddress } from "@/lib/sample/client";
import { SampleControl } from "@/lib/sample/control";
import { runSample } from "@/lib/sample/runner";

/** How long the sample's clients may take to leave, in ms: a database that doesn't answer holds nobody else up. */
const endsSampleWithinMs = 5_000;

export interface BrokerOptions {
  /** A `postgres://` address of a migrated database. */
  readonly databaseUrl: string;
  /** How this process is listed among the nodes; only one of kind `broker` does the background duties. */
  readonly node: NodeIdentity;
  /** Receives what nobody waits for: failures of duties and of idle connections. */
  readonly onError: (message: string, error: unknown) => void;
  /** What this process has counted of logins; without it nobody is told. */
  readonly logins?: () => LoginCounts;
  /** Where this process takes AMQP clients, once it does. Only one that does can run the sample workload. */
  readonly amqp?: Promise<AmqpAddress>;
  /** Whether notices of failures may be sent to this machine itself; if not given, no. */
  readonly notifyLocal?: boolean;
  /** Whether persistent messages are stored before anybody is given them; if not given, no. See decision 180. */
  readonly storeFirst?: boolean;
}

export interface ComposedBroker {
  readonly broker: Broker;
  readonly administration: Administration;
  readonly sample: SampleControl;
  /** Where this process's doors tell who is connected. */
  readonly presence: PresenceBoard;
  /** What this process's doors agree on with those of other nodes. */
  readonly doors: DoorCluster;
  /** Resolves when this process is on the list of nodes: before that nobody can consume through it. */
  readonly entered: Promise<void>;
  /** Ends what this process runs of the sample workload: its clients leave before the AMQP door closes. */
  endSample(): Promise<void>;
  /** Stops the duties, ends what waits, and closes the connections. */
  close(): Promise<void>;
}

/**
 * The one place that names implementations: the broker that this process works with. It may be made before the
 * database can be reached: calls fail with `unavailable` until then, and everything recovers by itself.
 */
export function composeBroker(options: BrokerOptions): ComposedBroker {
  const engine = createEngine({
    databaseUrl: options.databaseUrl,
    applicationName: `warren ${options.node.kind}`,
    log: { error: options.onError },
    ...(options.storeFirst && { storeFirst: true }),
    notifier: noticeSender({ allowLocal: options.notifyLocal ?? false }),
  });
  const access = new AccessControl(engine.context);
  const broker = authorizedBroker(engine.broker, access, engine.context);
  const administration = postgresAdministration(engine.context, access);
  const sample = new SampleControl(new SampleSwitch(engine.context));
  let address: AmqpAddress | undefined;
  void options.amqp?.then((listening) => {
    address = listening;
  });
  const leaving = new AbortController();
  let running: Promise<void> | undefined;
  const sampleDuty: Duty = {
    name: "sample workload",
    everyMs: 1000,
    run: async (_context, ended) => {
      if (address === undefined || leaving.signal.aborted) return false;
      const onError = (error: unknown) => options.onError("The sample workload stumbled.", error);
      const parts = { broker, administration, control: sample, address, onError };
      running = runSample(parts, AbortSignal.any([ended, leaving.signal]));
      await running;
      return false;
    },
  };
  const node = startNode(engine.context, options.node, [sampleDuty], options.logins);
  return {
    broker,
    administration,
    sample,
    presence: engine.context.presence,
    doors: engine.context.doors,
    entered: engine.context.self.hasEntered,
    endSample: async () => {
      leaving.abort();
      await Promise.race([running, sleep(endsSampleWithinMs, undefined, { ref: false })]);
    },
    close: async () => {
      await node.stop();
      await engine.close();
    },
  };
}
