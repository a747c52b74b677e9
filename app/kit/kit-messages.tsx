"use client";

import { Archive, CircleAlert, Undo2 } from "lucide-react";
import { i14, Part, row } from "@/app/kit/part";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorNote } from "@/components/ui/error-state";
import { Note } from "@/components/ui/note";
import { Timeline } from "@/components/ui/timeline";
import { showDone } from "@/components/ui/toast";
import { ApiError } from "@/lib/api-client/client";

/** What the console says of what happened, and of what is not there. */
export function KitMessages() {
  return (
    <>
      <Part title="Toast, notes, errors">
        <div className={row}>
          <Button
            onClick={() =>
              showDone({
                message: (
                  <>
                    87 messages of <code>sms.test</code> are in the trash
                  </>
                ),
                icon: <Archive className={i14} aria-hidden="true" />,
                undo: () => new Promise((done) => setTimeout(done, 800)),
              })
            }
          >
            Discard 87
          </Button>
          <Button
            onClick={() =>
              showDone({
                message: "One that can't be undone",
                undo: () => Promise.reject(new ApiError(409, "resource-locked", "The queue is gone.")),
              })
            }
          >
            Discard, undo fails
          </Button>
        </div>
        <div className="grid gap-2">
          <Note icon={<Undo2 aria-hidden="true" />}>
            Until tomorrow 14:02 you can restore them, in their order and with their ids.
          </Note>
          <Note tone="warn" icon={<CircleAlert aria-hidden="true" />}>
            These four ways consume messages.
          </Note>
          <ErrorNote
            title="The message was not published."
            error={new ApiError(404, "not-found", "Exchange order does not exist in shop; there is one named orders.")}
            lost="Nothing was stored."
          >
            <a className="link" href="/kit">
              Use orders
            </a>
          </ErrorNote>
        </div>
      </Part>
      <Part title="Path: a life">
        <Timeline
          label="A life"
          events={[
            {
              id: "1",
              kind: "happened",
              title: "Published",
              when: "12:49:58.114",
              detail: (
                <>
                  by{" "}
                  <a className="link" href="/kit">
                    checkout
                  </a>
                </>
              ),
            },
            {
              id: "2",
              kind: "happened",
              title: "Routed",
              when: "+2 ms",
              detail: (
                <>
                  by <code>order.placed.#</code>
                </>
              ),
              waited: true,
            },
            { id: "3", kind: "held", title: "Held", when: "0.8 s so far", detail: "by payment-2, unacknowledged" },
            { id: "4", kind: "rejected", title: "Rejected", when: "+4.2 s" },
            { id: "5", kind: "dead", title: "Dead-lettered", when: "+1 ms", waited: true },
            { id: "6", kind: "now", title: "Waits here", when: "1 h 11 min" },
          ]}
        />
      </Part>
      <Part title="Empty">
        <div className="grid gap-2">
          <EmptyState
            boxed
            title="No dead letters in shop"
            actions={
              <>
                <Button>Add an error policy</Button>
                <a className="link text-12" href="/kit">
                  Make one on purpose
                </a>
              </>
            }
          >
            A message comes here when a consumer rejects it, when it expires, when its queue is full or when it was
            tried too often.
          </EmptyState>
          <EmptyState boxed title="Nothing matches">
            <code>headers.tenant:acmee</code> occurs nowhere. Did you mean{" "}
            <a className="link" href="/kit">
              acme
            </a>{" "}
            (1,204)?
          </EmptyState>
        </div>
      </Part>
    </>
  );
}
