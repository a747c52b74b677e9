"use client";

import { useQuery } from "@tanstack/react-query";
import { Ellipsis, Forward, RotateCcw, Trash2 } from "lucide-react";
import { useCallback, useState } from "react";
import { CauseFacts } from "@/components/dead-letters/cause-facts";
import { causeTitle } from "@/components/dead-letters/cause-words";
import { DiscardCauseDialog } from "@/components/dead-letters/discard-cause-dialog";
import { LettersView } from "@/components/dead-letters/letters-view";
import { JobsHere, useJobCards } from "@/components/jobs/jobs-here";
import { LateRetryDialog, type RetryTarget } from "@/components/jobs/late-retry-dialog";
import { PanelSkeleton } from "@/components/messages/panel-skeleton";
import { useForbiddenChange } from "@/components/shell/permission";
import { Button, buttonClass } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { usePhone } from "@/components/ui/media";
import { Menu, MenuItem } from "@/components/ui/menu";
import { PanelHead } from "@/components/ui/split-view";
import { type GroupDetail, groupQuery } from "@/lib/api-client/groups";
import type { Job } from "@/lib/api-client/jobs";

/** One cause: what is known of it, what can be done with all of it, its jobs and its letters. */
export function CauseDetail({ id, onClose }: { id: string; onClose: () => void }) {
  const { data: group, error, refetch } = useQuery(groupQuery(id));
  const [planned, setPlanned] = useState<{ target: RetryTarget; elsewhere: boolean } | null>(null);
  const [discarding, setDiscarding] = useState(false);
  const phone = usePhone();
  const concerns = useCallback((job: Job) => job.request.group === id, [id]);
  const cards = useJobCards(`group.${id}`);
  const forbidden = useForbiddenChange();
  if (!group) {
    return error === null ? (
      <PanelSkeleton />
    ) : (
      <ErrorState title="This cause could not be read." error={error} onRetry={() => void refetch()} />
    );
  }
  const nothing = forbidden ?? (group.count === 0 ? "Nothing of this cause is left" : undefined);
  const plan = (elsewhere: boolean) => setPlanned({ target: retryTarget(group), elsewhere });
  return (
    <>
      <PanelHead
        onClose={onClose}
        actions={
          <>
            <Button
              variant="primary"
              icon={<RotateCcw className="icon-14" aria-hidden="true" />}
              disabledReason={nothing}
              onClick={() => plan(false)}
            >
              Retry…
            </Button>
            {phone ? (
              <Menu
                trigger={
                  <button
                    type="button"
                    aria-label="More actions"
                    className={buttonClass({ variant: "ghost", icon: true })}
                  >
                    <Ellipsis className="icon-16" aria-hidden="true" />
                  </button>
                }
              >
                <MenuItem
                  icon={<Forward className="icon-14" aria-hidden="true" />}
                  disabledReason={nothing}
                  onSelect={() => plan(true)}
                >
                  Forward…
                </MenuItem>
                <MenuItem
                  danger
                  icon={<Trash2 className="icon-14" aria-hidden="true" />}
                  disabledReason={nothing}
                  onSelect={() => setDiscarding(true)}
                >
                  Discard…
                </MenuItem>
              </Menu>
            ) : (
              <>
                <Button
                  icon={<Forward className="icon-14" aria-hidden="true" />}
                  disabledReason={nothing}
                  onClick={() => plan(true)}
                >
                  Forward…
                </Button>
                <Button
                  variant="danger"
                  icon={<Trash2 className="icon-14" aria-hidden="true" />}
                  disabledReason={nothing}
                  onClick={() => setDiscarding(true)}
                >
                  Discard…
                </Button>
              </>
            )}
          </>
        }
      >
        <h2 className="clip-text" title={causeTitle(group)}>
          {causeTitle(group)}
        </h2>
      </PanelHead>
      <div className="flex min-h-0 flex-1 flex-col phone:overflow-y-auto phone:[&>:last-child]:min-h-[70dvh]">
        <LettersView
          vhost={group.vhost}
          group={id}
          lead={
            <div className="max-h-[55%] shrink-0 overflow-y-auto border-b border-line phone:max-h-none">
              <CauseFacts group={group} />
              <JobsHere name={`group.${id}`} vhost={group.vhost} concerns={concerns} />
            </div>
          }
        />
      </div>
      <LateRetryDialog
        target={planned?.target ?? null}
        elsewhere={planned?.elsewhere ?? false}
        onClose={() => setPlanned(null)}
        onStarted={(job) => cards.keep(job.id)}
      />
      <DiscardCauseDialog
        group={group}
        open={discarding}
        onClose={() => setDiscarding(false)}
        onStarted={(job) => cards.keep(job.id)}
      />
    </>
  );
}

function retryTarget(group: GroupDetail): RetryTarget {
  return {
    vhost: group.vhost,
    selection: { all: true, group: group.id },
    count: group.count,
    what: `All of “${causeTitle(group).slice(0, 120)}”`,
  };
}
