const { app } = require("@azure/functions");

const keepFor = 15 * 60_000;
/** Times of uploads that no order has claimed. */
let uploads = [];

/** Every ten seconds: forgets uploads that nobody ordered prints of. */
app.timer("cleanup", {
  schedule: "*/10 * * * * *",
  handler: (timer, context) => {
    if (timer.isPastDue) {
      context.warn("Cleanup is late");
    }
    const now = Date.now();
    uploads.push(now, now - 2 * keepFor);
    const kept = uploads.filter((uploadedAt) => now - uploadedAt < keepFor);
    context.log(`Removed ${uploads.length - kept.length} abandoned upload(s), kept ${kept.length}`);
    uploads = kept;
  },
});
