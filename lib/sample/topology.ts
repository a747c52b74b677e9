import type { Actor } from "@/lib/broker/actor";
import type { Broker } from "@/lib/broker/broker";
import { emptyTable, type FieldTable, type FieldValue, longString } from "@/lib/broker/properties/field-value";

/** The sample has a vhost to itself, so that removing it can't touch anything of the user's. */
export const sampleVhost = "github-sample";
export const eventsExchange = "github.events";
const deadLetterExchange = "github.dead";
const deadLetterQueue = "github.dead-letters";

interface SampleQueue {
  readonly name: string;
  /** Topic patterns of its bindings to `github.events`. */
  readonly patterns: readonly string[];
  readonly arguments: FieldTable;
}

function number(value: number): FieldValue {
  return { t: "l", v: value };
}

const deadLettered: readonly (readonly [string, FieldValue])[] = [
  ["x-dead-letter-exchange", longString(deadLetterExchange)],
];

/** One queue per thing that a team would do with webhooks; each shows another feature. */
const sampleQueues: readonly SampleQueue[] = [
  {
    name: "ci.builds",
    patterns: ["check_run.*", "check_suite.*", "workflow_job.*", "workflow_run.*", "push", "status"],
    arguments: new Map(deadLettered),
  },
  {
    name: "issues.triage",
    patterns: ["issues.*", "issue_comment.*", "discussion.#"],
    arguments: new Map(deadLettered),
  },
  {
    name: "pull-requests.review",
    patterns: ["pull_request.*", "pull_request_review.*", "pull_request_review_comment.*"],
    arguments: new Map([...deadLettered, ["x-delivery-limit", number(3)]]),
  },
  {
    name: "releases.notes",
    patterns: ["release.*", "package.*", "milestone.*"],
    arguments: new Map(deadLettered),
  },
  {
    name: "security.alerts",
    patterns: [
      "code_scanning_alert.*",
      "dependabot_alert.*",
      "repository_vulnerability_alert.*",
      "security_advisory.*",
    ],
    arguments: new Map([...deadLettered, ["x-max-priority", number(3)]]),
  },
  {
    // Its worker calls a service that is away now and then: what failed meanwhile succeeds when it is retried.
    name: "deploy.hooks",
    patterns: ["deployment.*", "deployment_status.*", "deployment_review.*", "page_build"],
    arguments: new Map(deadLettered),
  },
  {
    // Its worker is stuck on some, longer than its leases last.
    name: "search.index",
    patterns: ["repository.*", "gollum", "label.*"],
    arguments: new Map([...deadLettered, ["x-delivery-limit", number(1)]]),
  },
  {
    // Some kill whoever takes them.
    name: "teams.sync",
    patterns: ["team.*", "team_add", "membership.*", "member.*"],
    arguments: new Map([...deadLettered, ["x-delivery-limit", number(2)]]),
  },
  {
    // Nobody reads this one: after a minute each message is dead-lettered as expired.
    name: "mirror.sync",
    patterns: ["create", "delete", "fork", "public"],
    arguments: new Map([...deadLettered, ["x-message-ttl", number(60_000)]]),
  },
  {
    name: "audit.everything",
    patterns: ["#"],
    arguments: new Map([["x-max-length", number(2_000)]]),
  },
];

/** Declares vhost, exchanges, queues and bindings; again and again without harm. */
export async function declareSample(broker: Broker, actor: Actor): Promise<void> {
  await broker.putVhost(actor, { name: sampleVhost, description: "Sample workload: GitHub webhooks" });
  for (const [name, type] of [
    [eventsExchange, "topic"],
    [deadLetterExchange, "fanout"],
  ] as const) {
    await broker.declareExchange(actor, {
      vhost: sampleVhost,
      name,
      type,
      durable: true,
      autoDelete: false,
      internal: false,
      arguments: emptyTable,
    });
  }
  await declareSampleQueue(broker, actor, deadLetterQueue, new Map([["x-max-length", number(10_000)]]));
  await bind(broker, actor, deadLetterExchange, deadLetterQueue, "");
  for (const queue of sampleQueues) {
    await declareSampleQueue(broker, actor, queue.name, queue.arguments);
    for (const pattern of queue.patterns) await bind(broker, actor, eventsExchange, queue.name, pattern);
  }
}

async function declareSampleQueue(broker: Broker, actor: Actor, name: string, queueArguments: FieldTable) {
  await broker.declareQueue(actor, {
    vhost: sampleVhost,
    name,
    durable: true,
    autoDelete: false,
    exclusive: false,
    arguments: queueArguments,
  });
}

async function bind(broker: Broker, actor: Actor, source: string, queue: string, routingKey: string) {
  await broker.bind(actor, {
    vhost: sampleVhost,
    source,
    destination: { kind: "queue", name: queue },
    routingKey,
    arguments: emptyTable,
  });
}
