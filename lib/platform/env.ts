import path from "node:path";
import { z } from "zod";
import { PlatformFailure } from "@/lib/platform/failure";
import type { TlsFiles } from "@/lib/platform/tls-files";

/** Everything that can be set from outside, checked and with its defaults. */
export interface Environment {
  /** Where the console and the HTTP API listen. */
  readonly host: string;
  readonly port: number;
  /** Where AMQP clients connect, on the same host. */
  readonly amqpPort: number;
  /** Where they connect over TLS, and the files for it; absent: not at all. */
  readonly amqps: AmqpsEnvironment | undefined;
  /** Absent: the embedded Postgres of the data directory. */
  readonly databaseUrl: string | undefined;
  /** Absolute path. */
  readonly dataDirectory: string;
  /** Whether the last address of X-Forwarded-For is believed. */
  readonly trustProxy: boolean;
  /** The largest body of a message, in bytes, at both doors. */
  readonly maxMessageBytes: number;
  /** How long an AMQP client may leave a message unacknowledged, in ms, where queue and consumer don't say. */
  readonly acknowledgementTimeoutMs: number;
  /** Whether notices of failures may be sent to this machine itself. */
  readonly notifyLocal: boolean;
  /** Persistent messages are stored before anybody is given them, and confirmed only then. */
  readonly storeFirst: boolean;
}

interface AmqpsEnvironment {
  readonly port: number;
  readonly files: TlsFiles;
  readonly loginFrom: "common_name" | "subject_alternative_name";
}

type Variables = Readonly<Record<string, string | undefined>>;

function portNumber(name: string, fallback: number) {
  const message = `${name} must be a port number from 1 to 65535.`;
  return z
    .string()
    .regex(/^\d{1,5}$/, message)
    .transform(Number)
    .refine((port) => port >= 1 && port <= 65_535, message)
    .default(fallback);
}

/** A zod message that can't repeat the value, since the value may hold a password. */
const DATABASE_URL_MESSAGE =
  "DATABASE_URL must look like postgresql://user:password@host:5432/database, with special characters of the password percent-encoded.";

/** As RabbitMQ 4. */
const DEFAULT_MESSAGE_BYTES = 16 * 1024 * 1024;
const MOST_MESSAGE_BYTES = 512 * 1024 * 1024;
const MESSAGE_BYTES_MESSAGE = `WARREN_MAX_MESSAGE_BYTES must be a number of bytes from 1 to ${MOST_MESSAGE_BYTES}.`;

/** As RabbitMQ; a lease lasts for twelve hours at most. */
const DEFAULT_ACK_TIMEOUT_MS = 30 * 60 * 1000;
const MOST_ACK_TIMEOUT_MS = 11 * 60 * 60 * 1000;
const ACK_TIMEOUT_MESSAGE = `WARREN_ACK_TIMEOUT_MS must be a number of milliseconds from 1000 to ${MOST_ACK_TIMEOUT_MS}.`;

const variables = z.object({
  HOST: z
    .string()
    .regex(/^[0-9A-Za-z.:_-]+$/, "HOST must be an address to listen on, such as 127.0.0.1, 0.0.0.0 or ::1.")
    .default("127.0.0.1"),
  PORT: portNumber("PORT", 3000),
  AMQP_PORT: portNumber("AMQP_PORT", 5672),
  AMQPS_PORT: portNumber("AMQPS_PORT", 5671),
  AMQPS_KEY: z.string().optional(),
  AMQPS_CERT: z.string().optional(),
  AMQPS_CA: z.string().optional(),
  AMQPS_LOGIN_FROM: z
    .enum(["common_name", "subject_alternative_name"], {
      error: "AMQPS_LOGIN_FROM must be common_name or subject_alternative_name.",
    })
    .default("common_name"),
  DATABASE_URL: z.string().refine(isPostgresUrl, DATABASE_URL_MESSAGE).optional(),
  WARREN_DATA_DIR: z.string().default(".warren"),
  WARREN_TRUST_PROXY: z
    .enum(["0", "1", "false", "true"], { error: "WARREN_TRUST_PROXY must be 1 (believe X-Forwarded-For) or 0." })
    .default("0"),
  WARREN_MAX_MESSAGE_BYTES: z
    .string()
    .regex(/^\d{1,9}$/, MESSAGE_BYTES_MESSAGE)
    .transform(Number)
    .refine((bytes) => bytes >= 1 && bytes <= MOST_MESSAGE_BYTES, MESSAGE_BYTES_MESSAGE)
    .default(DEFAULT_MESSAGE_BYTES),
  WARREN_NOTIFY_LOCAL: z
    .enum(["0", "1", "false", "true"], {
      error: "WARREN_NOTIFY_LOCAL must be 1 (allow this machine as a target) or 0.",
    })
    .default("0"),
  WARREN_STORE_FIRST: z
    .enum(["0", "1", "false", "true"], {
      error: "WARREN_STORE_FIRST must be 1 (store persistent messages before anybody gets them) or 0.",
    })
    .default("0"),
  WARREN_ACK_TIMEOUT_MS: z
    .string()
    .regex(/^\d{1,9}$/, ACK_TIMEOUT_MESSAGE)
    .transform(Number)
    .refine((ms) => ms >= 1000 && ms <= MOST_ACK_TIMEOUT_MS, ACK_TIMEOUT_MESSAGE)
    .default(DEFAULT_ACK_TIMEOUT_MS),
});

function isPostgresUrl(text: string): boolean {
  if (!/^postgres(ql)?:\/\//.test(text) || !URL.canParse(text)) return false;
  // A password with a bare / ? or # ends the host too early: the rest, with its @, lands behind it.
  const { pathname, search, hash } = new URL(text);
  return hash === "" && !`${pathname}${search}`.includes("@");
}

/**
 * Reads the environment. A variable that is set to nothing counts as absent.
 * @throws PlatformFailure with one sentence for each bad value
 */
export function readEnvironment(source: Variables = process.env): Environment {
  const present = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ""));
  const result = variables.safeParse(present);
  if (!result.success) throw new PlatformFailure(result.error.issues.map((issue) => issue.message).join(" "));
  const { data } = result;
  return {
    host: data.HOST,
    port: data.PORT,
    amqpPort: data.AMQP_PORT,
    amqps: amqps(data),
    databaseUrl: data.DATABASE_URL,
    dataDirectory: path.resolve(data.WARREN_DATA_DIR),
    trustProxy: data.WARREN_TRUST_PROXY === "1" || data.WARREN_TRUST_PROXY === "true",
    maxMessageBytes: data.WARREN_MAX_MESSAGE_BYTES,
    acknowledgementTimeoutMs: data.WARREN_ACK_TIMEOUT_MS,
    storeFirst: data.WARREN_STORE_FIRST === "1" || data.WARREN_STORE_FIRST === "true",
    notifyLocal: data.WARREN_NOTIFY_LOCAL === "1" || data.WARREN_NOTIFY_LOCAL === "true",
  };
}

/** Throws PlatformFailure for half of what TLS needs. */
function amqps(data: z.infer<typeof variables>): AmqpsEnvironment | undefined {
  const { AMQPS_KEY: key, AMQPS_CERT: cert, AMQPS_CA: ca } = data;
  if (key === undefined && cert === undefined && ca === undefined) return undefined;
  if (key === undefined || cert === undefined) {
    throw new PlatformFailure("AMQPS_KEY and AMQPS_CERT go together: give both, or neither.");
  }
  const files = { key: path.resolve(key), cert: path.resolve(cert), ca: ca === undefined ? ca : path.resolve(ca) };
  return { port: data.AMQPS_PORT, files, loginFrom: data.AMQPS_LOGIN_FROM };
}
