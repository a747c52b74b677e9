/**
 * That an entry has no row in `deferred`, looked up by its key. As `NOT EXISTS` it would be a join, for which the planner,
 * who believes the table to be small, may compare each entry with all rows of the queue: minutes where many came back.
 * @param entry the alias of whatever has `queue_id`, `rank` and `seq`
 */
export function noDeferred(entry: string): string {
  return `(SELECT true FROM warren.deferred x
    WHERE x.queue_id = ${entry}.queue_id AND x.rank = ${entry}.rank AND x.seq = ${entry}.seq LIMIT 1) IS NULL`;
}
