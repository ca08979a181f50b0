import { type ReactNode, useEffect, useRef, useState } from "react";

type NearSightProps = {
  /** What the content is expected to take until it was shown once, in pixels. */
  readonly height: number;
  /** Has to be in the document whether it is near sight or not. */
  readonly isPinned?: boolean;
  /** It begins in sight as far as its maker knows: then nobody waits for the browser to say so. */
  readonly startsNear?: boolean;
  /** Makes the content; called only while it is to be shown. */
  readonly children: () => ReactNode;
};

/**
 * A part of a long payload that is in the document only while it is near to sight. Elsewhere a space of its height stands for it, so
 * that thousands of parts open at once and the scroll bar keeps its meaning.
 */
export function NearSight({ height, isPinned = false, startsNear = false, children }: NearSightProps) {
  const element = useRef<HTMLDivElement>(null);
  const [isNear, setNear] = useState(startsNear);
  const [known, setKnown] = useState<number | undefined>();
  useEffect(() => {
    const { current } = element;
    return current === null
      ? undefined
      : watchSight(current, (near, measured) => {
          if (!near) {
            setKnown(measured);
          }
          setNear(near);
        });
  }, []);
  const isShown = isNear || isPinned;
  return (
    <div ref={element} role="presentation" style={isShown ? undefined : { height: known ?? height }}>
      {isShown && children()}
    </div>
  );
}

/** What is that far from sight, in pixels, is made ready. */
const MARGIN = "600px";

type OnSight = (isNear: boolean, height: number) => void;

const watched = new WeakMap<Element, OnSight>();
let observer: IntersectionObserver | undefined;

/** One observer for all parts: the browser looks at all of them at once. */
function watchSight(element: Element, onSight: OnSight): () => void {
  // The margin of scrollers between the part and the window has another name, which the types do not know yet.
  const options = { rootMargin: MARGIN, scrollMargin: MARGIN };
  observer ??= new IntersectionObserver((entries) => {
    for (const { target, isIntersecting, boundingClientRect } of entries) {
      watched.get(target)?.(isIntersecting, boundingClientRect.height);
    }
  }, options);
  watched.set(element, onSight);
  observer.observe(element);
  return () => {
    watched.delete(element);
    observer?.unobserve(element);
  };
}
