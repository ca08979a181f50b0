/**
 * Ctrl-C and SIGTERM, from the moment this is called: to be called before anything is started, so that a signal that comes
 * early is not one that kills.
 */
export function listenForStop(): { readonly requested: Promise<void> } {
  const requested = new Promise<void>((resolve) => {
    process.once("SIGINT", resolve);
    process.once("SIGTERM", resolve);
  });
  return { requested };
}

/** Waits to be stopped, then for the end of the work; a second Ctrl-C does not wait for it. */
export async function untilStopped(
  { requested }: { readonly requested: Promise<void> },
  finish: () => Promise<void>,
  say: (line: string) => void,
): Promise<number> {
  await requested;
  const slow = setTimeout(() => {
    say("Writing the rest of the session; press Ctrl-C again to leave that to the next start.");
  }, 1_000);
  process.once("SIGINT", () => process.exit(130));
  await finish();
  clearTimeout(slow);
  return 0;
}
