/** Which requests are about replays and holds: the desk hands them on without knowing more. */

/** First parts of all their paths below /api/. */
const ROOTS = ["replays", "holds"] as const;

type Root = (typeof ROOTS)[number];

/** A path that {@link isInterventionPath} recognises; routes.ts can have no others. */
export type InterventionPath = Root | `${Root}/${string}`;

export function isInterventionPath(path: string): path is InterventionPath {
  return ROOTS.some((root) => path === root || path.startsWith(`${root}/`));
}
