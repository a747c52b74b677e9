"use client";

import { useQuery } from "@tanstack/react-query";
import { ChevronRight, Play } from "lucide-react";
import { useSampleSwitch } from "@/components/overview/sample-section";
import { initialForm, keepForm } from "@/components/publish/form-state";
import { publishHref } from "@/components/queues/links";
import { Button } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/error-state";
import { Link } from "@/components/ui/link";
import { SectionHead } from "@/components/ui/page-head";
import { sampleQuery } from "@/lib/api-client/sample";

const vhost = "github-sample";
const issue = (assignee: string | null) =>
  JSON.stringify(
    {
      action: "opened",
      issue: {
        number: 1,
        title: "Tried by hand",
        assignee: assignee === null ? null : { login: assignee },
        labels: [],
      },
      sender: { login: "you" },
    },
    null,
    2,
  );

interface Step {
  readonly title: string;
  readonly text: string;
  readonly href: string;
  /** What the publish form is filled in with. */
  readonly body?: string;
}

const steps: readonly Step[] = [
  {
    title: "Send a message",
    text: "The form says which queues it goes to. Publish it: the worker of issues.triage takes it and acknowledges, as its timeline tells.",
    href: publishHref(vhost, "github.events", "issues.opened"),
    body: issue("you"),
  },
  {
    title: "Break the worker",
    text: "The same, but nobody is assigned. The worker assumes that somebody is, fails, and rejects it.",
    href: publishHref(vhost, "github.events", "issues.opened"),
    body: issue(null),
  },
  {
    title: "Find the dead letter",
    text: "It lies among the dead letters with the worker's error. Read it, mend it, send it back.",
    href: `/dead-letters?vhost=${vhost}`,
  },
  {
    title: "See the whole way",
    text: "Exchange, queues, who takes from them, and where failures go.",
    href: `/topology?vhost=${vhost}`,
  },
];

/** A message's way in four steps, on the sample's real workers: sent by hand, taken, broken, found. */
export function TryIt() {
  const { data: sample } = useQuery(sampleQuery);
  const { busy, error, start } = useSampleSwitch();
  const running = sample?.state === "running";
  return (
    <section id="try" aria-label="Try it" className="border-t border-line">
      <SectionHead
        title="Try it without a program"
        note={running ? "the sample’s workers wait" : undefined}
        actions={
          !running && (
            <Button
              busy={busy}
              icon={<Play className="icon-14" aria-hidden="true" />}
              disabledReason={sample?.state === "removing" ? "It is being removed" : undefined}
              onClick={() => void start()}
            >
              Start the sample
            </Button>
          )
        }
      />
      {error !== undefined && <ErrorNote title="The sample was not started." error={error} />}
      {!running && (
        <p className="px-4 pb-3 text-12 text-ink-2">
          The sample has an exchange, queues and real workers in a virtual host of its own. With it a message can be
          followed from a form to a worker, and to the dead letters when the worker breaks.
        </p>
      )}
      {running && (
        <ol>
          {steps.map((step, index) => (
            <li key={step.title} className="border-t border-line">
              <Link
                href={step.href}
                onClick={() => step.body !== undefined && keepForm({ ...initialForm, format: "json", body: step.body })}
                className="flex min-h-12 items-center gap-3 px-4 py-2 outline-offset-[-2px] hover:bg-hover"
              >
                <span aria-hidden="true" className="w-4 text-ink-3">
                  {index + 1}
                </span>
                <span className="min-w-0 flex-1">
                  <b className="block font-semibold">{step.title}</b>
                  <span className="text-12 text-ink-2">{step.text}</span>
                </span>
                <ChevronRight className="icon-16 text-ink-3" aria-hidden="true" />
              </Link>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
