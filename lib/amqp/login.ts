import { AmqpError } from "@/lib/amqp/wire/errors";
import { ByteReader } from "@/lib/broker/properties/byte-reader";
import { MalformedPropertiesError } from "@/lib/broker/properties/errors";
import { textOf } from "@/lib/broker/properties/field-value";
import { textFromBytes } from "@/lib/broker/properties/text";

/** By name and password. EXTERNAL is offered besides to those who have shown who they are before the first frame. */
export const mechanisms = ["PLAIN", "AMQPLAIN"] as const;

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/**
 * Name and password in the response of connection.start-ok. Throws AmqpError 403 for one that can't be read, and 504
 * for a mechanism that wasn't offered.
 */
export function readCredentials(mechanism: string, response: Buffer): Credentials {
  const credentials = mechanism === "PLAIN" ? plain(response) : mechanism === "AMQPLAIN" ? amqplain(response) : null;
  if (credentials === null) {
    throw new AmqpError("CHANNEL_ERROR", `the authentication mechanism '${mechanism}' is not offered`);
  }
  return credentials;
}

/** RFC 4616: an identity to act for, then name and password, each after a NUL. Nobody may act for another here. */
function plain(response: Buffer): Credentials {
  const second = response.indexOf(0, 1);
  if (response[0] !== 0 || second === -1) throw unreadable("PLAIN");
  return {
    user: textFromBytes(response.subarray(1, second)),
    password: textFromBytes(response.subarray(second + 1)),
  };
}

/** A field table's content, without the length in front, with LOGIN and PASSWORD. */
function amqplain(response: Buffer): Credentials {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(response.length);
  try {
    const table = new ByteReader(Buffer.concat([length, response])).table();
    const user = textOf(table.get("LOGIN"));
    const password = textOf(table.get("PASSWORD"));
    if (user !== undefined && password !== undefined) return { user, password };
  } catch (error) {
    if (!(error instanceof MalformedPropertiesError)) throw error;
  }
  throw unreadable("AMQPLAIN");
}

function unreadable(mechanism: string): AmqpError {
  return new AmqpError("ACCESS_REFUSED", `the ${mechanism} response has no name and password`, undefined, true);
}
