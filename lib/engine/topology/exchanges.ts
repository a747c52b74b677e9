import { BrokerError, notFound } from "@/lib/broker/errors";
import { integerOf, textOf } from "@/lib/broker/properties/field-value";
import type { ExchangeDeclaration } from "@/lib/broker/requests";
import { checkName, checkNotReserved } from "@/lib/broker/rules/names";
import { maxMs } from "@/lib/broker/rules/queue-arguments";
import { checkExchangeEquivalence } from "@/lib/broker/rules/redeclare";
import type { EngineContext } from "@/lib/engine/context";
import { hasBindings } from "@/lib/engine/sql/binding";
import { findExchange, insertExchange } from "@/lib/engine/sql/exchange";
import { decodeArguments, encodeArguments } from "@/lib/engine/topology/arguments";
import { changeTopology, deleteExchangesAndUnused, mustFindVhost } from "@/lib/engine/topology/change";

/**
 * Throws `not-found` for the vhost, `precondition-failed` when one of that name exists with other properties,
 * `access-refused` for the default exchange and for new ones named `amq.*`.
 */
export async function declareExchange(
  context: EngineContext,
  declaration: ExchangeDeclaration,
): Promise<{ created: boolean }> {
  checkNotDefault(declaration.name);
  checkName("exchange", declaration.name);
  checkAlternate(declaration);
  checkRetention(declaration);
  return changeTopology<{ created: boolean }>(context, async (tx) => {
    const vhostId = await mustFindVhost(tx, declaration.vhost);
    const existing = await findExchange(tx, vhostId, declaration.name);
    if (existing) {
      const current = { ...existing, autoDelete: existing.auto_delete, arguments: decodeArguments(existing.arguments) };
      checkExchangeEquivalence(declaration, current, declaration);
      return { changed: false, result: { created: false } };
    }
    checkNotReserved("exchange", declaration.name);
    await insertExchange(tx, { ...declaration, vhostId, arguments: encodeArguments(declaration.arguments) });
    return { changed: true, result: { created: true } };
  });
}

/** Throws `not-found`, `access-refused`, and `precondition-failed` with `ifUnused` when it has bindings as a source. */
export async function deleteExchange(
  context: EngineContext,
  vhost: string,
  name: string,
  options: { ifUnused: boolean },
): Promise<void> {
  checkNotDefault(name);
  checkNotReserved("exchange", name);
  await changeTopology(context, async (tx) => {
    const exchange = await findExchange(tx, await mustFindVhost(tx, vhost), name);
    if (!exchange) throw notFound("exchange", name, vhost);
    if (options.ifUnused && (await hasBindings(tx, exchange.id))) {
      throw new BrokerError("precondition-failed", `exchange '${name}' in vhost '${vhost}' in use`, { exchange: name });
    }
    await deleteExchangesAndUnused(tx, [exchange.id]);
    return { changed: true, result: undefined };
  });
}

/** The default exchange is as it is (AMQP 0-9-1, section 3.1.3.1). Throws `access-refused`. */
export function checkNotDefault(exchange: string): void {
  if (exchange === "") {
    throw new BrokerError("access-refused", "operation not permitted on the default exchange", { exchange });
  }
}

/** In ms, at most ten years, as the other times. */
function checkRetention({ vhost, name, arguments: given }: ExchangeDeclaration): void {
  const value = given.get("x-retention");
  const retention = integerOf(value);
  if (value === undefined || (retention !== undefined && retention >= 1 && retention <= maxMs)) return;
  throw new BrokerError(
    "precondition-failed",
    `invalid arg 'x-retention' for exchange '${name}' in vhost '${vhost}': it must be an integer from 1 to ${maxMs}`,
    { argument: "x-retention" },
  );
}

function checkAlternate({ vhost, name, arguments: given }: ExchangeDeclaration): void {
  const alternate = given.get("alternate-exchange");
  if (alternate === undefined || textOf(alternate) !== undefined) return;
  throw new BrokerError(
    "precondition-failed",
    `invalid arg 'alternate-exchange' for exchange '${name}' in vhost '${vhost}': it must be a string`,
    { argument: "alternate-exchange" },
  );
}
