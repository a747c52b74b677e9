import type { EngineContext } from "@/lib/engine/context";
import { expireGroups, foldGroups, groupOldLetters } from "@/lib/engine/duties/dead-groups";
import { departed } from "@/lib/engine/duties/departed";
import type { Duty } from "@/lib/engine/duties/duty";
import { expiredMessages } from "@/lib/engine/duties/expiry";
import { expireFailures } from "@/lib/engine/duties/failures";
import { keepHistory } from "@/lib/engine/duties/history";
import { expireDeduplication, expireEvents, expireTrash, sweepLeftovers } from "@/lib/engine/duties/housekeeping";
import { expireJobs, jobs } from "@/lib/engine/duties/jobs";
import { delayedMessages, expiredLeases, findUnheld } from "@/lib/engine/duties/leases";
import { outbox, outboxRetries } from "@/lib/engine/duties/outbox";
import { dropOldPartitions, rotatePartitions } from "@/lib/engine/duties/partitions";
import {
  expireSamples,
  FOLD_EVERY_MS,
  foldCounters,
  SAMPLE_EVERY_MS,
  THIN_EVERY_MS,
  takeSamples,
  thinSamples,
} from "@/lib/engine/duties/statistics";
import { unusedQueues } from "@/lib/engine/duties/unused-queues";
import { deliverNotices, expireNotices } from "@/lib/engine/notification/deliver";

const minute = 60_000;

/** What the leading node does in the background. */
export const allDuties: readonly Duty[] = [
  expiredLeases,
  delayedMessages,
  expiredMessages,
  unusedQueues,
  departed,
  outbox,
  outboxRetries,
  groupOldLetters,
  jobs,
  duty("expiry of jobs", 60 * minute, expireJobs),
  duty("counters", FOLD_EVERY_MS, foldCounters),
  duty("counters of dead-letter groups", FOLD_EVERY_MS, foldGroups),
  duty("expiry of dead-letter groups", 60 * minute, expireGroups),
  duty("samples", SAMPLE_EVERY_MS, takeSamples),
  duty("thinning of samples", THIN_EVERY_MS, thinSamples),
  duty("expiry of samples", 10 * minute, expireSamples),
  duty("expiry of events", minute, expireEvents),
  duty("expiry of the trash", minute, expireTrash),
  duty("expiry of deduplication ids", 5_000, expireDeduplication),
  { name: "notices", everyMs: 500, run: (context) => deliverNotices(context) },
  duty("expiry of notices", 60 * minute, expireNotices),
  duty("history", minute, keepHistory),
  duty("expiry of failures", 5 * minute, expireFailures),
  duty("deleted queues", 15_000, sweepLeftovers),
  duty("messages that nobody holds", minute, findUnheld),
  duty("new partitions", minute / 2, (context) => rotatePartitions(context)),
  duty("old partitions", 3 * minute, dropOldPartitions),
];

function duty(name: string, everyMs: number, work: (context: EngineContext) => Promise<void>): Duty {
  return {
    name,
    everyMs,
    run: async (context) => {
      await work(context);
      return false;
    },
  };
}
