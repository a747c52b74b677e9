import { randomBytes } from "node:crypto";
import { hashPassword } from "@/lib/auth/password";
import type { Actor } from "@/lib/broker/actor";
import type { Administration } from "@/lib/broker/administration";
import { sampleVhost } from "@/lib/sample/topology";

/** The user's name, and the tag that tells it from somebody else's user of the same name. */
const sampleUser = "github-sample";

/** As whom the sample's programs connect. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/**
 * The sample's own user, with a password that exists only in this process's memory: it is made anew at every start, and
 * when it is no longer taken because somebody changed the user. It may publish to the sample's exchange and take from
 * its queues.
 */
export class SampleLogin {
  readonly #administration: Administration;
  readonly #actor: Actor;
  #current: Promise<Credentials> | null = null;
  #last: Credentials | null = null;

  constructor(administration: Administration, actor: Actor) {
    this.#administration = administration;
    this.#actor = actor;
  }

  /** Makes the user or gives it a new password, where that has not been done. Throws as `Administration` does. */
  credentials(): Promise<Credentials> {
    this.#current ??= this.#make().catch((error: unknown) => {
      this.#current = null;
      throw error;
    });
    return this.#current;
  }

  /** The broker didn't let these in: unless there are others by now, whoever asks next makes new ones. */
  refused(credentials: Credentials): void {
    if (credentials === this.#last) this.#current = null;
  }

  async #make(): Promise<Credentials> {
    const users = await this.#administration.listUsers(this.#actor);
    const isTaken = users.some(({ name, tags }) => name === sampleUser && !tags.includes(sampleUser));
    const user = isTaken ? `${sampleUser}-${randomBytes(4).toString("hex")}` : sampleUser;
    const password = randomBytes(24).toString("base64url");
    const passwordHash = await hashPassword(password);
    await this.#administration.putUser(this.#actor, { name: user, passwordHash, tags: [sampleUser] });
    const rights = { configure: "", write: "^github\\.events$", read: ".*" };
    await this.#administration.putPermission(this.#actor, { user, vhost: sampleVhost, ...rights });
    this.#last = { user, password };
    return this.#last;
  }
}

/** Deletes the sample's user; nobody else's of that name. */
export async function deleteSampleUser(administration: Administration, actor: Actor): Promise<void> {
  const users = await administration.listUsers(actor);
  const ours = users.filter(({ name, tags }) => name.startsWith(sampleUser) && tags.includes(sampleUser));
  const names = ours.map(({ name }) => name);
  if (names.length > 0) await administration.deleteUsers(actor, names);
}
