import type { Seq } from "@inspector/contract/page";
import { useEffect, useState } from "react";
import { nextIn } from "../../shell/data/filtered-list.ts";
import { useList } from "../../shell/data/session-context.ts";
import { useShortcuts } from "../../shell/keyboard/useShortcuts.ts";

type NextFailureProps = { readonly selected: Seq | undefined; readonly onFound: (id: Seq) => void };

/** `f`: the list of failures is asked for when the key is first pressed, and kept up to date from then on. */
export function NextFailure({ selected, onFound }: NextFailureProps) {
  const [isUsed, setUsed] = useState(false);
  if (isUsed) {
    return <Failures selected={selected} onFound={onFound} />;
  }
  return <FirstPress onPress={() => setUsed(true)} />;
}

function FirstPress({ onPress }: { readonly onPress: () => void }) {
  useShortcuts({ "next-failure": onPress });
  return null;
}

function Failures({ selected, onFound }: NextFailureProps) {
  const { view, isReady } = useList("failures");
  const [isAnswered, setAnswered] = useState(false);
  const next = () => {
    const id = nextIn(view.column, selected);
    if (id !== undefined) {
      onFound(id);
    }
  };
  // The press that asked for the list is answered when the list is there.
  useEffect(() => {
    if (!isReady || isAnswered) {
      return;
    }
    setAnswered(true);
    next();
  });
  useShortcuts({ "next-failure": next });
  return null;
}
