import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { rabbitMqPasswordMatches } from "@/lib/auth/rabbitmq-password";

/** Cost 2^15, 8 KiB blocks: about 60 ms and 32 MiB a check (RFC 7914; the parameters stand with each hash). */
const current = { N: 2 ** 15, r: 8, p: 1 };
const KEY_BYTES = 32;

interface Parameters {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/**
 * Hashes a password for the database.
 * @returns `scrypt$N$r$p$salt$key`, the last two in base64url
 */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, current);
  return ["scrypt", current.N, current.r, current.p, salt.toString("base64url"), key.toString("base64url")].join("$");
}

/**
 * Whether the password is the one that was hashed. Takes as long for a hash in an unknown form, or none at all, as for
 * a wrong password, so that the time doesn't tell which users exist.
 */
export async function passwordMatches(password: string, hash: string | null): Promise<boolean> {
  const matches = hash === null ? null : rabbitMqPasswordMatches(password, hash);
  if (matches !== null) {
    // Quick as they are, they take as long as ours.
    await derive(password, Buffer.alloc(16), current);
    return matches;
  }
  const stored = hash === null ? null : parseHash(hash);
  if (stored === null) {
    await derive(password, Buffer.alloc(16), current);
    return false;
  }
  return timingSafeEqual(await derive(password, stored.salt, stored), stored.key);
}

function parseHash(hash: string): (Parameters & { salt: Buffer; key: Buffer }) | null {
  const [scheme, N, r, p, salt, key] = hash.split("$");
  if (scheme !== "scrypt" || salt === undefined || key === undefined) return null;
  const bytes = Buffer.from(key, "base64url");
  if (bytes.length !== KEY_BYTES) return null;
  return { N: Number(N), r: Number(r), p: Number(p), salt: Buffer.from(salt, "base64url"), key: bytes };
}

function derive(password: string, salt: Buffer, { N, r, p }: Parameters): Promise<Buffer> {
  const maxmem = 256 * N * r;
  return new Promise((resolve, reject) => {
    scrypt(password.normalize("NFC"), salt, KEY_BYTES, { N, r, p, maxmem }, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}
