/** Text indexes that another reader has built, for one that only searches them. */
import type { IndexingMessage, StartIndexing } from "@inspector/reader/session-text";

export type IndexFollowers = {
  /** Takes the place of a thread that builds the index of a session. @param key of the session */
  startOf(key: string): StartIndexing;
  /** The other reader says how far it is. */
  take(key: string, message: IndexingMessage): void;
};

export function createIndexFollowers(): IndexFollowers {
  const followers = new Map<string, (message: IndexingMessage) => void>();
  const known = new Map<string, IndexingMessage>();

  return {
    startOf: (key) => (_, onMessage) => {
      followers.set(key, onMessage);
      const message = known.get(key);
      // Whoever starts it knows nothing of it yet.
      const first = message && setImmediate(onMessage, message);
      return {
        stop() {
          clearImmediate(first);
          followers.delete(key);
        },
      };
    },
    take(key, message) {
      known.set(key, message);
      followers.get(key)?.(message);
    },
  };
}
