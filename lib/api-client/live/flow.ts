import { type Asked, every } from "@/lib/api-client/client";

/** While events flow, what they feed is read whole only so often, in ms: against whatever no event tells. */
const reconcileInterval = 60_000;

let flowing = false;

/** Whether the server tells what changes just now. */
export function isFlowing(): boolean {
  return flowing;
}

/** Says whether the event stream brings what changes. */
export function setFlowing(now: boolean): void {
  flowing = now;
}

/** As `every`, for a question whose answer the event stream keeps up to date: asked seldom while events flow. */
export function live(ms: number): (query: Asked) => number {
  const polled = every(ms);
  return (query) => (flowing && query.state.data !== undefined ? reconcileInterval : polled(query));
}
