import { BrokerError } from "@/lib/broker/errors";

const mostLimit = 2 ** 31 - 1;

/** @param value null for none. Throws `bad-request` for a limit of another name, or of a value that can't be. */
export function checkLimit(name: string, value: number | null, names: readonly string[]): void {
  if (!names.includes(name)) {
    throw new BrokerError("bad-request", `There is no limit '${name}'; there are ${names.join(" and ")}.`);
  }
  if (value === null || (Number.isInteger(value) && value >= -1 && value <= mostLimit)) return;
  throw new BrokerError("bad-request", `${name} must be an integer from 0, or -1 for no limit, not ${value}.`);
}
