const PATIENCE_MS = 60_000;

/** Asks until there is an answer that is neither false, null nor undefined. */
export async function eventually<T>(ask: () => Promise<T> | T): Promise<Exclude<NonNullable<T>, false>> {
  for (const until = Date.now() + PATIENCE_MS; ; await new Promise((resolve) => setTimeout(resolve, 50))) {
    const answer = await ask();
    if (isThere(answer)) {
      return answer;
    }
    if (Date.now() > until) {
      throw new Error(`it did not happen: ${ask}`);
    }
  }
}

function isThere<T>(answer: T): answer is Exclude<NonNullable<T>, false> {
  return answer !== undefined && answer !== null && answer !== false;
}
