/** Under which name the broker itself holds messages for the moment between taking them out and burying them. */
export const brokerHolder = "broker";

/** If the node dies in that moment, they come back after so long, in ms. */
export const brokerHoldMs = 30_000;
