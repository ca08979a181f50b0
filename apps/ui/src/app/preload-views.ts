import type { WorkbenchView } from "./views.tsx";

/** Time for what was opened to come first where the browser does not tell when it is idle. */
const LATER_MS = 1000;

/** Fetches the chunks of views one by one while the page has nothing else to do. @returns what stops it */
export function preloadViews(views: readonly WorkbenchView[]): () => void {
  const waiting = [...views];
  let cancel = () => {};
  const next = () => {
    const view = waiting.shift();
    if (view !== undefined) {
      cancel = whenIdle(() => void view.component.preload().then(next));
    }
  };
  const stop = () => {
    waiting.length = 0;
    cancel();
  };
  next();
  return stop;
}

function whenIdle(act: () => void): () => void {
  // Safari has no such call, whatever the types say.
  if (typeof window.requestIdleCallback === "function") {
    const id = requestIdleCallback(act);
    return () => cancelIdleCallback(id);
  }
  const timer = setTimeout(act, LATER_MS);
  return () => clearTimeout(timer);
}
