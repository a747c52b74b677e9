import type { Authenticate } from "@/lib/amqp/door";
import { type Authenticator, TooManyLoginsError } from "@/lib/auth/authenticator";
import { isDatabaseAway } from "@/lib/auth/console-database";
import { BrokerError } from "@/lib/broker/errors";

/** Lets the people and programs in that the console and the HTTP API let in, under the same rules. */
export function authenticateBy(authenticator: Authenticator): Authenticate {
  return async (user, password, address) => {
    try {
      return await authenticator.knownUser(user, password, address);
    } catch (error) {
      if (error instanceof TooManyLoginsError) throw new BrokerError("unauthenticated", error.message);
      if (isDatabaseAway(error)) throw new BrokerError("unavailable", "The database is away. Try again shortly.");
      throw error;
    }
  };
}
