"use client";

import { Pause, Undo2, X } from "lucide-react";
import { i14, Part } from "@/app/kit/part";
import { Button } from "@/components/ui/button";
import { JobCard } from "@/components/ui/job-card";

/** Works over many messages, as they run, stop and end. */
export function KitJobs() {
  return (
    <Part title="Job card" wide>
      <div className="grid gap-2">
        <JobCard
          state="running"
          title="Retry #218"
          note={
            <>
              for 22 s, back to <code>webhooks.partner</code>
            </>
          }
          steps={[
            { name: "1", note: "1 of 1", state: "done" },
            { name: "10", note: "10 of 10", state: "done" },
            { name: "100", note: "100 of 100, 1 failed again", state: "done" },
            { name: "all", note: "204 of 5,013, 2 failed again", state: "doing", share: 0.06 },
          ]}
          done={312}
          failed={3}
          left={4809}
          total={5124}
          words={{ done: "retried", failed: "failed again", left: "remaining" }}
          estimate="about 1 min 36 s left"
          guard="Stops by itself when more than 5 % of the last 100 fail again. Now 1 %."
          actions={
            <>
              <Button icon={<Pause className={i14} aria-hidden="true" />}>Pause</Button>
              <Button variant="danger" icon={<X className={i14} aria-hidden="true" />}>
                Cancel
              </Button>
            </>
          }
        />
        <JobCard
          state="stopped"
          title="Retry #217"
          steps={[
            { name: "1", note: "1 of 1", state: "done" },
            { name: "10", note: "4 of 10, 6 failed again", state: "stopped" },
            { name: "100", note: "not started", state: "todo" },
            { name: "all", note: "not started", state: "todo" },
          ]}
          done={5}
          failed={6}
          left={5113}
          total={5124}
          words={{ done: "retried", failed: "failed again", left: "remaining" }}
          actions={
            <>
              <Button>See the 6</Button>
              <Button variant="ghost">Dismiss</Button>
            </>
          }
        />
        <JobCard
          state="done"
          title="Move 640 messages"
          note={
            <>
              to <code>orders.retry</code>, in 12 s
            </>
          }
          done={640}
          left={0}
          total={640}
          words={{ done: "moved", left: "left" }}
          actions={
            <>
              <Button icon={<Undo2 className={i14} aria-hidden="true" />}>Undo</Button>
              <Button variant="ghost">Dismiss</Button>
            </>
          }
        />
      </div>
    </Part>
  );
}
