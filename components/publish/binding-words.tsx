import { Fragment } from "react";
import { VisibleText } from "@/components/ui/visible-text";
import type { BindingVerdict } from "@/lib/api-client/publish";

/**
 * What a binding wants: its pattern with the wildcards in moss, or its headers. The word or header that decided
 * against it is underlined.
 */
export function BindingWords({ verdict, type }: { verdict: BindingVerdict; type: string }) {
  const { routing_key, arguments: wanted } = verdict.binding;
  if (type === "fanout") return <span className="text-12 text-ink-3">all</span>;
  if (type === "headers") return <HeaderWords wanted={wanted} verdict={verdict} />;
  if (routing_key === "") return <span className="text-12 text-ink-3">the empty key</span>;
  if (type !== "topic") {
    return (
      <code className="[overflow-wrap:anywhere]">
        {verdict.matches ? (
          <VisibleText text={routing_key} />
        ) : (
          <u>
            <VisibleText text={routing_key} />
          </u>
        )}
      </code>
    );
  }
  const decided = verdict.decided_by !== null && "word" in verdict.decided_by ? verdict.decided_by.word : -1;
  return (
    <code className="[overflow-wrap:anywhere]">
      {routing_key.split(".").map((word, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a word is its place in the pattern.
        <Fragment key={index}>
          {index > 0 && "."}
          {index === decided ? (
            <u>
              <VisibleText text={word} />
            </u>
          ) : (word === "*" || word === "#") && verdict.matches ? (
            <b className="font-bold text-accent">{word}</b>
          ) : (
            <VisibleText text={word} />
          )}
        </Fragment>
      ))}
    </code>
  );
}

function HeaderWords({ wanted, verdict }: { wanted: Readonly<Record<string, unknown>>; verdict: BindingVerdict }) {
  const decided = verdict.decided_by !== null && "header" in verdict.decided_by ? verdict.decided_by.header : null;
  const mode = String(wanted["x-match"] ?? "all");
  const entries = Object.entries(wanted).filter(([name]) => name !== "x-match");
  if (entries.length === 0) return <span className="text-12 text-ink-3">no headers ({mode})</span>;
  return (
    <code className="[overflow-wrap:anywhere]">
      {entries.map(([name, value], index) => {
        const text = value === null ? name : `${name} = ${typeof value === "string" ? value : JSON.stringify(value)}`;
        return (
          <Fragment key={name}>
            {index > 0 && <span className="text-ink-3">{mode.startsWith("any") ? " or " : " and "}</span>}
            {name === decided ? (
              <u>
                <VisibleText text={text} />
              </u>
            ) : (
              <VisibleText text={text} />
            )}
          </Fragment>
        );
      })}
    </code>
  );
}
