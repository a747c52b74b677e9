/** How much a vhost may hold (https://www.rabbitmq.com/docs/vhosts#limits). -1 is no limit. */
export const vhostLimitNames = ["max-connections", "max-queues"] as const;
export type VhostLimitName = (typeof vhostLimitNames)[number];

/** How many connections and channels a user may open (https://www.rabbitmq.com/docs/user-limits). -1 is no limit. */
export const userLimitNames = ["max-connections", "max-channels"] as const;
export type UserLimitName = (typeof userLimitNames)[number];

export interface VhostLimits {
  readonly vhost: string;
  readonly limits: { readonly [N in VhostLimitName]?: number };
}

export interface UserLimits {
  readonly user: string;
  readonly limits: { readonly [N in UserLimitName]?: number };
}

/** Something of any name that clients of the API keep here. */
export interface GlobalParameter {
  readonly name: string;
  readonly value: unknown;
}
