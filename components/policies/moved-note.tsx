import { Pattern } from "@/components/policies/policy-columns";
import { definitionWords } from "@/components/policies/policy-words";
import { Note } from "@/components/ui/note";
import { VisibleText } from "@/components/ui/visible-text";
import type { Policy } from "@/lib/api-client/policies";

/** Says that a policy is no longer as its form was filled with; saving is refused until the reader has chosen. */
export function MovedNote({
  policy,
  onTake,
  onKeep,
}: {
  /** As it is now; null when it is deleted. */
  policy: Policy | null;
  /** Fills the form with the policy as it is now. */
  onTake: () => void;
  /** Keeps what is typed, to be saved over what is there now. */
  onKeep: () => void;
}) {
  const link = (words: string, onClick: () => void) => (
    <button type="button" className="link" onClick={onClick}>
      {words}
    </button>
  );
  return (
    <Note tone="warn" role="status">
      {policy === null ? (
        <>
          <b className="font-semibold">Somebody has deleted this policy meanwhile.</b> What you see here is no longer in
          force. {link("Make it a new policy", onKeep)}
        </>
      ) : (
        <>
          <b className="font-semibold">Somebody has changed this policy meanwhile.</b> For{" "}
          <Pattern pattern={policy.pattern} /> it now sets <VisibleText text={definitionWords(policy.definition)} />,
          with priority {policy.priority}. What you typed is still here. {link("Show the policy as it is now", onTake)}{" "}
          or {link("keep what I typed", onKeep)}
        </>
      )}
    </Note>
  );
}
