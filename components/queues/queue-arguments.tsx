import { policyHref, policyTabHref } from "@/components/policies/links";
import { valueWords } from "@/components/policies/policy-words";
import { argumentHolds } from "@/components/queues/effective";
import { plain } from "@/components/queues/queue-features";
import { EmptyState } from "@/components/ui/empty-state";
import { KeyValues } from "@/components/ui/key-values";
import { SectionHead } from "@/components/ui/page-head";
import { TextLink } from "@/components/ui/text-link";
import { NameText } from "@/components/ui/visible-text";
import type { Queue } from "@/lib/api-client/queues";

/**
 * What a queue was declared with, which can't be changed: a queue with other arguments is another queue. And what
 * policies set for it, which can.
 */
export function QueueArguments({ queue }: { queue: Queue | undefined }) {
  if (queue === undefined) return null;
  const given = Object.entries(queue.arguments);
  return (
    <div className="grid min-h-0 flex-1 grid-cols-2 divide-x divide-line overflow-y-auto narrow:grid-cols-1 narrow:divide-x-0">
      <section>
        <SectionHead title="Arguments" note={given.length} />
        <div className="px-4 pb-4">
          {given.length === 0 ? (
            <EmptyState boxed title="Declared without arguments">
              Limits, expiry and dead-lettering are set by arguments when a queue is declared.
            </EmptyState>
          ) : (
            <KeyValues rows={given.map(([name, value]) => ({ name, value: plain(value), note: typeName(value) }))} />
          )}
        </div>
      </section>
      <section>
        <SectionHead title="Declaration" />
        <div className="px-4 pb-4">
          <KeyValues
            rows={[
              { name: "name", value: queue.name },
              { name: "vhost", value: queue.vhost },
              { name: "type", value: queue.type },
              { name: "durable", value: String(queue.durable) },
              { name: "auto_delete", value: String(queue.auto_delete) },
              { name: "exclusive", value: String(queue.exclusive) },
            ]}
          />
        </div>
        <QueuePolicies queue={queue} />
      </section>
    </div>
  );
}

function QueuePolicies({ queue }: { queue: Queue }) {
  const { vhost, policy, operator_policy: operatorPolicy, effective_policy_definition: definition } = queue;
  return (
    <section aria-label="Policies" className="border-t border-line">
      <SectionHead title="Policies" note="change at any time what holds here" />
      <div className="px-4 pb-4">
        {policy === null && operatorPolicy === null ? (
          <p className="text-12 text-ink-2">
            No policy applies. <TextLink href={policyTabHref("user", vhost)}>See the policies</TextLink>
          </p>
        ) : (
          <KeyValues
            rows={[
              ...(policy === null
                ? []
                : [
                    {
                      name: "policy",
                      value: (
                        <TextLink href={policyHref("user", vhost, policy)}>
                          <NameText text={policy} />
                        </TextLink>
                      ),
                    },
                  ]),
              ...(operatorPolicy === null
                ? []
                : [
                    {
                      name: "operator_policy",
                      value: <TextLink href={policyHref("operator", vhost, operatorPolicy)}>{operatorPolicy}</TextLink>,
                    },
                  ]),
              ...Object.entries(definition).map(([name, value]) => ({
                name,
                value: valueWords(value),
                ...(queue.arguments[`x-${name}`] !== undefined && {
                  note: `${plain(queue.arguments[`x-${name}`])} is declared${argumentHolds(queue, name) ? ", and holds" : ""}`,
                }),
              })),
            ]}
          />
        )}
      </div>
    </section>
  );
}

function typeName(value: unknown): string {
  return Array.isArray(value) ? "list" : typeof value === "object" ? "table" : typeof value;
}
