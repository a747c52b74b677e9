"use client";

import { ChevronRight, Play } from "lucide-react";
import { CurlSnippet } from "@/components/overview/curl-snippet";
import { SampleDiagram } from "@/components/overview/sample-diagram";
import { useSampleSwitch } from "@/components/overview/sample-section";
import { Button } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/error-state";
import { Link } from "@/components/ui/link";
import { TextLink } from "@/components/ui/text-link";
import { NameText } from "@/components/ui/visible-text";

/** What a first visitor sees: three ways to begin. */
export function GettingStarted({ vhost }: { vhost: string | null }) {
  const { busy, error, start } = useSampleSwitch();
  return (
    <div className="flex flex-col px-4 py-6">
      <h2 className="text-16 font-semibold">
        No queues yet
        {vhost !== null && (
          <>
            {" "}
            in the virtual host{" "}
            <code className="text-16">
              <NameText text={vhost} />
            </code>
          </>
        )}
      </h2>
      <p className="text-ink-2">
        Queues, rates and whatever needs your attention will be on this page. Three ways to begin:
      </p>
      <section className="mt-6 grid grid-cols-[minmax(0,2fr)_minmax(0,3fr)] gap-8 border-t border-line py-6 narrow:grid-cols-1">
        <div className="flex flex-col gap-2">
          <h3 className="font-semibold">See it work with a sample</h3>
          <p className="text-ink-2">
            Real GitHub webhooks are published and consumed. One worker is slow, so a queue grows; some payloads break a
            worker’s assumptions, so dead letters arrive. Read one, retry it, publish one by hand.
          </p>
          <p className="text-12 text-ink-3">
            Makes the virtual host <code>github-sample</code> with 2 exchanges and 11 queues, and a user for its
            programs; about 6 messages a second. Removing the sample takes all of it away.
          </p>
          <div className="mt-2">
            <Button
              variant="primary"
              size="lg"
              busy={busy}
              icon={<Play className="icon-14" aria-hidden="true" />}
              onClick={() => void start()}
            >
              Start the sample
            </Button>
          </div>
          {error !== undefined && <ErrorNote title="The sample was not started." error={error} />}
        </div>
        <SampleDiagram />
      </section>
      <div className="grid grid-cols-2 gap-8 border-t border-line py-6 narrow:grid-cols-1">
        <section className="flex min-w-0 flex-col gap-2">
          <h3 className="font-semibold">Connect a program of yours</h3>
          <p className="text-ink-2">
            Any AMQP 0-9-1 client (pika, amqplib, Celery) connects unchanged, to the address that the server printed
            when it was ready. Without a client it goes over HTTP: publish, take with a visibility timeout, acknowledge.
          </p>
          <p>
            <TextLink href="/connect">Code to copy for Node.js, Python, Celery, Spring, Go and Ruby</TextLink>
          </p>
          <CurlSnippet />
        </section>
        <section className="flex flex-col gap-2">
          <h3 className="font-semibold">Build it by hand</h3>
          <p className="text-ink-2">Queues and exchanges can be declared here as well as by programs.</p>
          <ul className="mt-1 border-t border-line">
            <Step href="/queues?add=true" title="Add a queue" text="Name, type and arguments in a form." />
            <Step
              href="/exchanges?add=true"
              title="Add an exchange"
              text="Direct, topic, fanout or headers; then bind queues to it."
            />
            <Step href="/publish" title="Publish a message" text="See which queues it would go to before it is sent." />
          </ul>
        </section>
      </div>
    </div>
  );
}

function Step({ href, title, text }: { href: string; title: string; text: string }) {
  return (
    <li className="border-b border-line">
      <Link href={href} className="flex min-h-14 items-center gap-3 py-2 hover:bg-hover">
        <span className="flex-1">
          <b className="block font-semibold">{title}</b>
          <span className="text-12 text-ink-2">{text}</span>
        </span>
        <ChevronRight className="icon-16 text-ink-3" aria-hidden="true" />
      </Link>
    </li>
  );
}
