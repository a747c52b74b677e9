import { BrokerError } from "@/lib/broker/errors";
import type { FieldTable, FieldValue } from "@/lib/broker/properties/field-value";
import { sameValue } from "@/lib/broker/rules/field-equality";
import { comparedQueueArguments } from "@/lib/broker/rules/queue-arguments";
import type { ExchangeType } from "@/lib/broker/topology";

interface DeclaredQueue {
  readonly durable: boolean;
  readonly autoDelete: boolean;
  readonly arguments: FieldTable;
}

interface DeclaredExchange extends DeclaredQueue {
  readonly type: ExchangeType;
  readonly internal: boolean;
}

interface Named {
  readonly vhost: string;
  readonly name: string;
}

/**
 * Declaring what exists must ask for the same (AMQP 0-9-1 reference, queue.declare, rule "equivalent"). Arguments that
 * mean nothing to the broker aren't compared. An exclusive queue is guarded by its connection, not here.
 * Throws `precondition-failed` in RabbitMQ's words: `inequivalent arg 'durable' for queue 'q' in vhost '/': ...`.
 */
export function checkQueueEquivalence(queue: Named, current: DeclaredQueue, received: DeclaredQueue): void {
  const where = `queue '${queue.name}' in vhost '${queue.vhost}'`;
  compare("durable", where, current.durable, received.durable);
  compare("auto_delete", where, current.autoDelete, received.autoDelete);
  for (const name of comparedQueueArguments) {
    compareArgument(name, where, argumentOf(current, name), argumentOf(received, name));
  }
}

/** As `checkQueueEquivalence`, for exchanges. */
export function checkExchangeEquivalence(exchange: Named, current: DeclaredExchange, received: DeclaredExchange): void {
  const where = `exchange '${exchange.name}' in vhost '${exchange.vhost}'`;
  compare("type", where, current.type, received.type);
  compare("durable", where, current.durable, received.durable);
  compare("auto_delete", where, current.autoDelete, received.autoDelete);
  compare("internal", where, current.internal, received.internal);
  for (const name of ["alternate-exchange", "x-retention"]) {
    compareArgument(name, where, current.arguments.get(name), received.arguments.get(name));
  }
}

/** A queue without a type is a classic one, so saying so changes nothing. */
function argumentOf(queue: DeclaredQueue, name: string): FieldValue | undefined {
  const value = queue.arguments.get(name);
  return name === "x-queue-type" && value === undefined ? { t: "S", v: "classic" } : value;
}

function compare(name: string, where: string, current: string | boolean, received: string | boolean): void {
  if (current === received) return;
  throw inequivalent(name, where, `received '${received}' but current is '${current}'`);
}

function compareArgument(
  name: string,
  where: string,
  current: FieldValue | undefined,
  received: FieldValue | undefined,
): void {
  if (current === undefined && received === undefined) return;
  if (current && received && sameValue(current, received)) return;
  const words = current && received && current.t === received.t ? untyped : typed;
  throw inequivalent(name, where, `received ${words(received)} but current is ${words(current)}`);
}

/** RabbitMQ's names of the field types, which are those of its Erlang client. */
const typeNames: Readonly<Record<FieldValue["t"], string>> = {
  S: "longstr",
  x: "binary",
  t: "bool",
  b: "byte",
  B: "unsignedbyte",
  s: "short",
  u: "unsignedshort",
  I: "signedint",
  i: "unsignedint",
  l: "long",
  f: "float",
  d: "double",
  D: "decimal",
  T: "timestamp",
  F: "table",
  A: "array",
  V: "void",
};

function typed(value: FieldValue | undefined): string {
  return value === undefined ? "none" : `the value ${untyped(value)} of type '${typeNames[value.t]}'`;
}

function untyped(value: FieldValue | undefined): string {
  if (value === undefined) return "none";
  return value.t === "F" || value.t === "A" || value.t === "D" || value.t === "V" ? "(nested)" : `'${value.v}'`;
}

function inequivalent(name: string, where: string, difference: string): BrokerError {
  return new BrokerError("precondition-failed", `inequivalent arg '${name}' for ${where}: ${difference}`, {
    argument: name,
  });
}
