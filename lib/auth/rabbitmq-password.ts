import { createHash, timingSafeEqual } from "node:crypto";

/** RabbitMQ's names of its ways to hash, with ours for them (https://www.rabbitmq.com/docs/passwords). */
const algorithms = {
  rabbit_password_hashing_sha256: { scheme: "rabbit-sha256", hash: "sha256" },
  rabbit_password_hashing_sha512: { scheme: "rabbit-sha512", hash: "sha512" },
  rabbit_password_hashing_md5: { scheme: "rabbit-md5", hash: "md5" },
} as const;

/** How Warren's own hashes are called where RabbitMQ's are; RabbitMQ takes them, but can't log anybody in by them. */
const ownAlgorithm = "warren_password_hashing_scrypt";
const saltBytes = 4;

/** What RabbitMQ's API and definitions say of a password. */
export interface RabbitMqHash {
  /** Base64 of salt and hash; empty: nobody can log in with a password. */
  readonly password_hash: string;
  readonly hashing_algorithm: string;
}

/** In the form of the database; null for an algorithm that isn't known or a hash that isn't base64. */
export function fromRabbitMqHash({ password_hash: text, hashing_algorithm: algorithm }: RabbitMqHash): string | null {
  if (text === "") return "";
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return null;
  if (algorithm === ownAlgorithm) return Buffer.from(text, "base64").toString("utf8");
  if (!Object.hasOwn(algorithms, algorithm)) return null;
  return `${algorithms[algorithm as keyof typeof algorithms].scheme}$${text}`;
}

/** As RabbitMQ's API gives it. */
export function toRabbitMqHash(stored: string): RabbitMqHash {
  const [scheme = "", text = ""] = stored.split("$");
  const known = Object.entries(algorithms).find(([, one]) => one.scheme === scheme);
  if (known !== undefined) return { password_hash: text, hashing_algorithm: known[0] };
  if (stored === "") return { password_hash: "", hashing_algorithm: "rabbit_password_hashing_sha256" };
  return { password_hash: Buffer.from(stored).toString("base64"), hashing_algorithm: ownAlgorithm };
}

/** Whether the password is the one that RabbitMQ hashed; null when it is no hash of RabbitMQ's. */
export function rabbitMqPasswordMatches(password: string, stored: string): boolean | null {
  const [scheme, text = ""] = stored.split("$");
  const known = Object.values(algorithms).find((one) => one.scheme === scheme);
  if (known === undefined) return null;
  const bytes = Buffer.from(text, "base64");
  const expected = bytes.subarray(saltBytes);
  const given = createHash(known.hash).update(bytes.subarray(0, saltBytes)).update(password, "utf8").digest();
  return given.length === expected.length && timingSafeEqual(given, expected);
}
