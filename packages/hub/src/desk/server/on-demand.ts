/** Parts of the desk that are loaded only where somebody needs them. */
import { InspectorError, reasonOf } from "@inspector/contract/inspector-error";

/**
 * Loads a part when it is first asked for, and again after a load that failed.
 * @returns what rejects with an {@link InspectorError} "not-built" where the part cannot be loaded: the installation is broken, or
 * was removed under a recording
 */
export function onDemand<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () => {
    loading ??= load().catch((cause: unknown) => {
      loading = undefined;
      throw new InspectorError("not-built", `A part of the page's server cannot be loaded: ${reasonOf(cause)}`, {
        hint: "Install the inspector anew. What is recorded meanwhile is not lost.",
        cause,
      });
    });
    return loading;
  };
}
