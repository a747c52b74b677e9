import { createHmac, randomBytes } from "node:crypto";
import type { ConsoleDatabase } from "@/lib/auth/console-database";
import { LoginThrottle } from "@/lib/auth/login-throttle";
import { mustBeAllowedFrom } from "@/lib/auth/loopback-rule";
import { remoteAddress } from "@/lib/auth/remote-address";
import { sessionCookie, sessionSecret } from "@/lib/auth/session-cookie";
import { findSession } from "@/lib/auth/sessions";
import { findToken } from "@/lib/auth/tokens";
import { createFirstUser, findByName, findByPassword, type KnownUser, type StoredUser } from "@/lib/auth/users";
import type { Actor } from "@/lib/broker/actor";
import type { Administration } from "@/lib/broker/administration";
import { BrokerError, isBrokerError } from "@/lib/broker/errors";

/** A right name and password need not be hashed again for so long, in ms: programs send them with every request. */
const REMEMBERED_MS = 30_000;
/** But whether the user still has that password, and which tags, is looked at anew after so long, in ms. */
const LOOKED_AT_MS = 1_000;
const MOST_REMEMBERED = 1_000;

/** Who sent a request. */
export interface Caller {
  readonly actor: Actor;
  /** Null for somebody who has not logged in. */
  readonly user: KnownUser | null;
  /** Logged in with a token that may only read. */
  readonly readOnly: boolean;
  /** A `Set-Cookie` for the answer, when the session was prolonged. */
  readonly setCookie: string | null;
}

/** Too many failed logins came from one address. */
export class TooManyLoginsError extends Error {
  override readonly name = "TooManyLoginsError";
  readonly secondsToWait: number;

  constructor(secondsToWait: number) {
    super(`There were too many failed logins from this address. Try again in ${secondsToWait} s.`);
    this.secondsToWait = secondsToWait;
  }
}

/** Somebody whose password was right a moment ago. */
interface Remembered {
  readonly until: number;
  lookedAt: number;
  user: Promise<StoredUser>;
}

/** Finds out who sends a request, by basic authentication, a token or the session's cookie. */
export class Authenticator {
  readonly #database: ConsoleDatabase;
  readonly #throttle = new LoginThrottle();
  /** Basic credentials, under a key that only this process knows, with whom they belong to. */
  readonly #remembered = new Map<string, Remembered>();
  readonly #administration: Pick<Administration, "createFirstUser">;
  readonly #key = randomBytes(32);
  readonly #counted: (outcome: "succeeded" | "failed") => void;
  #firstUser: Promise<void> | null = null;

  /**
   * @param administration makes the first user
   * @param counted is told of each login with a name and a password, or by a certificate
   */
  constructor(
    database: ConsoleDatabase,
    administration: Pick<Administration, "createFirstUser">,
    counted: (outcome: "succeeded" | "failed") => void = () => {},
  ) {
    this.#database = database;
    this.#administration = administration;
    this.#counted = counted;
  }

  /** Somebody who has not said who they are, for what is open to everybody. */
  anonymous(request: Request): Caller {
    const actor: Actor = { user: "", tags: [], address: remoteAddress(request), door: "http" };
    return { actor, user: null, readOnly: false, setCookie: null };
  }

  /**
   * Who sends this request. Basic authentication and tokens count before a cookie. Throws `unauthenticated`, or
   * TooManyLoginsError.
   */
  async authenticate(request: Request): Promise<Caller> {
    const address = remoteAddress(request);
    const host = request.headers.get("host");
    const credentials = basicCredentials(request);
    if (credentials !== null) {
      const user = await this.knownUser(credentials.name, credentials.password, address, host);
      return { actor: actorOf(user, address, "http"), user, readOnly: false, setCookie: null };
    }
    const token = bearerToken(request);
    if (token !== null) {
      const found = await findToken(this.#database, token);
      if (found === null)
        throw new BrokerError("unauthenticated", "This token has expired, was deleted, or never was.");
      const { user, readOnly } = found;
      mustBeAllowedFrom(user.name, address, host);
      return { actor: actorOf(user, address, "http"), user, readOnly, setCookie: null };
    }
    const secret = sessionSecret(request);
    const session = secret === null ? null : await findSession(this.#database, secret);
    if (secret === null || session === null) {
      const ended = secret !== null;
      throw new BrokerError("unauthenticated", ended ? "Your session has ended. Log in again." : "Log in first.");
    }
    const { user, renewed } = session;
    mustBeAllowedFrom(user.name, address, host);
    const actor = actorOf(user, address, "console");
    return { actor, user, readOnly: false, setCookie: renewed ? sessionCookie(request, secret) : null };
  }

  /**
   * The user with this name and password.
   * @param host the Host header of a request over HTTP
   * Throws `unauthenticated` for wrong ones and for guest from elsewhere, and
   * TooManyLoginsError.
   */
  logIn(name: string, password: string, address: string | null, host: string | null = null): Promise<StoredUser> {
    return this.#count(this.#logIn(name, password, address, host));
  }

  async #logIn(name: string, password: string, address: string | null, host: string | null): Promise<StoredUser> {
    const from = address ?? "unknown";
    const user = await this.#throttle.inTurn(from, () => this.#checked(name, password, from));
    mustBeAllowedFrom(name, address, host);
    return user;
  }

  /** A database that is away is nobody's failure to log in. */
  async #count<T>(login: Promise<T>): Promise<T> {
    try {
      const user = await login;
      this.#counted("succeeded");
      return user;
    } catch (error) {
      if (error instanceof TooManyLoginsError || isBrokerError(error)) this.#counted("failed");
      throw error;
    }
  }

  async #checked(name: string, password: string, from: string): Promise<StoredUser> {
    const wait = this.#throttle.secondsToWait(from);
    if (wait > 0) throw new TooManyLoginsError(wait);
    await this.#mustHaveFirstUser();
    const user = await findByPassword(this.#database, name, password);
    if (user !== null) return user;
    this.#throttle.failed(from);
    throw new BrokerError("unauthenticated", "Login failed: the user name or the password is wrong.");
  }

  /** As `logIn`, for programs that come again and again: what was right a moment ago is not checked anew. */
  knownUser(name: string, password: string, address: string | null, host: string | null = null): Promise<KnownUser> {
    return this.#count(this.#knownUser(name, password, address, host));
  }

  async #knownUser(name: string, password: string, address: string | null, host: string | null): Promise<KnownUser> {
    const now = Date.now();
    const key = createHmac("sha256", this.#key)
      .update(JSON.stringify([name, password, address, host]))
      .digest("base64");
    const remembered = this.#remembered.get(key);
    if (remembered !== undefined && remembered.until > now) {
      if (now - remembered.lookedAt < LOOKED_AT_MS) return remembered.user;
      remembered.lookedAt = now;
      const before = await remembered.user;
      const stored = await findByName(this.#database, name);
      if (stored !== null && stored.passwordHash === before.passwordHash) {
        remembered.user = Promise.resolve(stored);
        return stored;
      }
    }
    const user = this.#logIn(name, password, address, host);
    this.#remembered.set(key, { until: now + REMEMBERED_MS, lookedAt: now, user });
    user.catch(() => this.#remembered.delete(key));
    for (const oldest of this.#remembered.keys()) {
      if (this.#remembered.size <= MOST_REMEMBERED) break;
      this.#remembered.delete(oldest);
    }
    return user;
  }

  /** The user of this name, which something else than a password has shown. Throws `unauthenticated`. */
  certifiedUser(name: string, address: string | null): Promise<KnownUser> {
    return this.#count(this.#certifiedUser(name, address));
  }

  async #certifiedUser(name: string, address: string | null): Promise<KnownUser> {
    await this.#mustHaveFirstUser();
    const user = await findByName(this.#database, name);
    if (user === null) throw new BrokerError("unauthenticated", "There is no user of the certificate's name.");
    mustBeAllowedFrom(name, address, null);
    return user;
  }

  #mustHaveFirstUser(): Promise<void> {
    this.#firstUser ??= createFirstUser(this.#database, this.#administration).catch((error: unknown) => {
      this.#firstUser = null;
      throw error;
    });
    return this.#firstUser;
  }
}

function actorOf({ name, tags }: KnownUser, address: string | null, door: "http" | "console"): Actor {
  return { user: name, tags, address, door };
}

/** RFC 6750. */
function bearerToken(request: Request): string | null {
  return /^bearer\s+(\S+)\s*$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? null;
}

/** RFC 7617: base64 of `name:password`, UTF-8. */
function basicCredentials(request: Request): { name: string; password: string } | null {
  const encoded = /^basic\s+(.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const colon = text.indexOf(":");
  if (colon === -1) throw new BrokerError("unauthenticated", "The Authorization header has no user name and password.");
  return { name: text.slice(0, colon), password: text.slice(colon + 1) };
}
