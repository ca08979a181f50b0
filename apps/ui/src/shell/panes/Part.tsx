import { type ComponentType, useCallback, useEffect, useEffectEvent, useState } from "react";
import { Button } from "../controls/Button.tsx";
import { Boundary } from "./Boundary.tsx";
import { Chunk, restoreStyles } from "./chunk.ts";
import { Loading, PaneState } from "./PaneState.tsx";

/** A chunk that did not come is asked for again after so long, without anything on the page moving. */
const RETRY_MS = 2000;

export type LazyPart<Props> = ComponentType<Props> & {
  /** Fetches it before it is needed; a failure is left to whoever shows it. */
  readonly preload: () => Promise<void>;
};

/**
 * A part of the page in a chunk of its own. Where it cannot be fetched or drawn, it alone says so and offers to try again;
 * it comes by itself when the inspector is there again.
 * @param what its name in a sentence, as in "Loading workers …"; undefined where nothing should stand in its place
 * @param of what it shows, out of its props: a failure to draw one thing is not kept for the next
 */
export function lazyPart<Props extends object>(
  what: string | undefined,
  load: () => Promise<ComponentType<Props>>,
  of?: (props: Props) => unknown,
): LazyPart<Props> {
  const chunk = new Chunk(load);
  function Part(props: Props) {
    const [Shown, setShown] = useState(() => chunk.component);
    const [isMissing, setMissing] = useState(false);
    const fetchIt = useCallback(async () => {
      const component = await chunk.fetch();
      setShown(() => component);
    }, []);
    useEffect(() => {
      if (Shown === undefined) {
        fetchIt().catch(() => setMissing(true));
      }
    }, [Shown, fetchIt]);
    if (Shown === undefined) {
      if (isMissing) {
        return <Missing what={what} onRetry={() => restoreStyles().then(fetchIt)} />;
      }
      return what === undefined ? null : <Loading what={what} />;
    }
    return (
      <Boundary what={what} of={of?.(props)}>
        <Shown {...props} />
      </Boundary>
    );
  }
  const preload = () =>
    chunk.fetch().then(
      () => undefined,
      () => undefined,
    );
  return Object.assign(Part, { preload });
}

type MissingProps = { readonly what: string | undefined; readonly onRetry: () => Promise<void> };

/** Instead of a part that could not be fetched. It asks again also where nothing stands in the part's place. */
function Missing({ what, onRetry }: MissingProps) {
  const [failures, setFailures] = useState(0);
  const retry = () => void onRetry().catch(() => setFailures((count) => count + 1));
  const retryLater = useEffectEvent(retry);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each failure is followed by another attempt
  useEffect(() => {
    const timer = setTimeout(() => retryLater(), RETRY_MS);
    return () => clearTimeout(timer);
  }, [failures]);
  if (what === undefined) {
    return null;
  }
  return (
    <PaneState title={`The part of the page that shows ${what} did not load`} isAlert>
      <p>
        The inspector does not answer. It comes by itself as soon as the inspector does; the rest of the page stays.
      </p>
      <Button onClick={retry}>Try again</Button>
      {failures > 2 && <p>If the inspector was updated meanwhile, reload the page.</p>}
    </PaneState>
  );
}
