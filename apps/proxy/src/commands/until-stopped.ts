/** Waits for Ctrl-C or SIGTERM, then for the end of the work; a second Ctrl-C does not wait for it. */
export async function untilStopped(finish: () => Promise<void>, say: (line: string) => void): Promise<number> {
  await new Promise<void>((resolve) => {
    process.once("SIGINT", resolve);
    process.once("SIGTERM", resolve);
  });
  const slow = setTimeout(() => {
    say("Writing the rest of the session; press Ctrl-C again to leave that to the next start.");
  }, 1_000);
  process.once("SIGINT", () => process.exit(130));
  await finish();
  clearTimeout(slow);
  return 0;
}
