import { Badge, Badges } from "@/components/ui/badge";
import type { PlainTable } from "@/lib/api-client/rabbitmq-json";

/** Arguments that have a badge of their own, in RabbitMQ's order. Any other makes "Args". */
const argumentBadges: readonly (readonly [argument: string, badge: string])[] = [
  ["x-message-ttl", "TTL"],
  ["x-expires", "Exp"],
  ["x-max-length", "Lim"],
  ["x-max-length-bytes", "Lim B"],
  ["x-overflow", "Ovfl"],
  ["x-dead-letter-exchange", "DLX"],
  ["x-dead-letter-routing-key", "DLK"],
  ["x-max-priority", "Pri"],
  ["x-single-active-consumer", "SAC"],
  ["alternate-exchange", "AE"],
];
const known = new Set([...argumentBadges.map(([argument]) => argument), "x-queue-type"]);

export interface FeaturesOf {
  readonly durable: boolean;
  readonly auto_delete: boolean;
  readonly exclusive?: boolean;
  readonly internal?: boolean;
  readonly arguments: PlainTable;
}

/** What a queue or exchange has, as badges with the argument's name and value behind them. */
export function Features({ of }: { of: FeaturesOf }) {
  const others = Object.entries(of.arguments).filter(([argument]) => !known.has(argument));
  return (
    <Badges>
      {of.durable && <Badge title="durable: survives a restart">D</Badge>}
      {of.auto_delete && <Badge title="auto-delete: goes when its last user goes">AD</Badge>}
      {of.exclusive === true && <Badge title="exclusive: belongs to one connection">Excl</Badge>}
      {of.internal === true && <Badge title="internal: takes messages from exchanges only">I</Badge>}
      {argumentBadges.map(
        ([argument, badge]) =>
          of.arguments[argument] !== undefined && (
            <Badge key={argument} title={`${argument}: ${plain(of.arguments[argument])}`}>
              {badge}
            </Badge>
          ),
      )}
      {others.length > 0 && (
        <Badge title={others.map(([argument, value]) => `${argument}: ${plain(value)}`).join(", ")}>Args</Badge>
      )}
    </Badges>
  );
}

/** An argument's value in one line. */
export function plain(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
