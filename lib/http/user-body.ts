import { z } from "zod";
import { hashPassword } from "@/lib/auth/password";
import { fromRabbitMqHash } from "@/lib/auth/rabbitmq-password";
import { BrokerError } from "@/lib/broker/errors";
import { text } from "@/lib/http/schemas";

/** RabbitMQ takes tags as a list, or as text with commas. */
export const tagList = z.union([
  z.array(text),
  text.transform((value) => value.split(",").flatMap((tag) => (tag.trim() === "" ? [] : [tag.trim()]))),
]);

/** A user without its name, as RabbitMQ's API and definitions have it. */
export const userBody = z.object({
  password: z.string().max(1000).nullish(),
  password_hash: z.string().max(1000).nullish(),
  hashing_algorithm: z.string().default("rabbit_password_hashing_sha256"),
  tags: tagList,
});

/**
 * The hash to be stored for a password or a hash that was given; without either, nobody can log in with a password.
 * Throws `bad-request`.
 */
export async function passwordHashOf(body: z.output<typeof userBody>): Promise<string> {
  const { password, password_hash: hash, hashing_algorithm } = body;
  if (typeof password === "string" && typeof hash === "string") {
    throw new BrokerError("bad-request", "Give either password or password_hash, not both.");
  }
  if (typeof password === "string") return password === "" ? "" : hashPassword(password);
  if (typeof hash !== "string") return "";
  const stored = fromRabbitMqHash({ password_hash: hash, hashing_algorithm });
  if (stored !== null) return stored;
  throw new BrokerError(
    "bad-request",
    "password_hash must be base64, and hashing_algorithm one of rabbit_password_hashing_sha256, _sha512 and _md5.",
  );
}
