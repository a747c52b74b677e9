import { type LookupAddress, type LookupOptions, lookup } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";

/**
 * Addresses that mean this machine, or that clouds answer with credentials of it. Private networks are none of them:
 * what a company is notified by usually stands there.
 */
const local = new BlockList();
for (const [net, prefix] of [
  ["0.0.0.0", 8],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["100.100.100.200", 32],
  ["192.0.0.192", 32],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
] as const) {
  local.addSubnet(net, prefix, "ipv4");
}
for (const [net, prefix] of [
  ["::", 127],
  ["fe80::", 10],
  ["fd00:ec2::254", 128],
  ["64:ff9b::", 96],
  ["ff00::", 8],
] as const) {
  local.addSubnet(net, prefix, "ipv6");
}

/** Whether nothing is sent to this address unless that is allowed. */
export function isLocalAddress(address: string): boolean {
  const family = isIP(address);
  return family === 0 || local.check(address, family === 6 ? "ipv6" : "ipv4");
}

/** Somebody asked to send to this machine, or to a cloud's metadata. */
export class LocalAddressError extends Error {
  override readonly name = "LocalAddressError";

  constructor(host: string) {
    super(`${host} is an address of this machine or of its cloud; WARREN_NOTIFY_LOCAL=1 allows it`);
  }
}

/**
 * Resolves names as usual, but to no local address: what is checked is what is connected to, so that a name that
 * resolves differently the next time gains nothing.
 */
export const lookupRemote: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...(options as LookupOptions), all: true }, (error, addresses) => {
    if (error) return callback(error, "", 4);
    const remote = addresses.filter(({ address }) => !isLocalAddress(address));
    const [first] = remote;
    if (!first) return callback(new LocalAddressError(hostname), "", 4);
    if (options.all) callback(null, remote as LookupAddress[]);
    else callback(null, first.address, first.family);
  });
};

/** The address to connect to for a host. Throws `LocalAddressError`, or what the resolver throws. */
export function resolveRemote(host: string): Promise<string> {
  const bare = host.replace(/^\[|\]$/g, "");
  if (isIP(bare) !== 0) {
    return isLocalAddress(bare) ? Promise.reject(new LocalAddressError(bare)) : Promise.resolve(bare);
  }
  return new Promise((resolve, reject) => {
    lookupRemote(bare, {}, (error, address) => {
      if (error) reject(error);
      else resolve(typeof address === "string" ? address : (address[0]?.address ?? ""));
    });
  });
}
