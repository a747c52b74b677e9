import type { Authenticate, Identify } from "@/lib/amqp/door";
import { type Authenticator, TooManyLoginsError } from "@/lib/auth/authenticator";
import { isDatabaseAway } from "@/lib/auth/console-database";
import { BrokerError } from "@/lib/broker/errors";

/** Lets the people and programs in that the console and the HTTP API let in, under the same rules. */
export function authenticateBy(authenticator: Authenticator): Authenticate {
  return (user, password, address) => inTerms(authenticator.knownUser(user, password, address));
}

/** Lets those in whose certificate has shown who they are. */
export function identifyBy(authenticator: Authenticator): Identify {
  return (user, address) => inTerms(authenticator.certifiedUser(user, address));
}

/** Throws BrokerError for what went wrong. */
async function inTerms<T>(user: Promise<T>): Promise<T> {
  try {
    return await user;
  } catch (error) {
    if (error instanceof TooManyLoginsError) throw new BrokerError("unauthenticated", error.message);
    if (isDatabaseAway(error)) throw new BrokerError("unavailable", "The database is away. Try again shortly.");
    throw error;
  }
}
