import { type FieldTable, textOf } from "@/lib/broker/properties/field-value";
import { type ExchangeType, exchangeTypes } from "@/lib/broker/topology";

/**
 * The type of exchange that a client asks for; undefined for none that there is. `x-delayed-message` is that of RabbitMQ's
 * delayed-message plugin, which routes as `x-delayed-type` says: `x-delay` holds at every exchange here.
 */
export function exchangeTypeOf(asked: string, args: FieldTable): ExchangeType | undefined {
  const type = asked === "x-delayed-message" ? textOf(args.get("x-delayed-type")) : asked;
  return exchangeTypes.find((one) => one === type);
}
