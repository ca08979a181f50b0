const { app } = require("@azure/functions");

/**
 * Keeps the books: {"eventId": 9007199254740993, "action": "order.placed", "customer": "Ada", …}. Ids are 64 bits wide,
 * which JavaScript's numbers are not, so some arrive as their neighbour; the stream shows what was really sent.
 */
app.storageQueue("audit", {
  queueName: "audit-events",
  connection: "AzureWebJobsStorage",
  handler: (event, context) => {
    const { eventId, action = "unknown", ...details } = event;
    if (typeof eventId === "number" && !Number.isSafeInteger(eventId)) {
      context.warn(`Event id ${eventId} is beyond 2^53 and may have been rounded`);
    }
    const entry = { recordedAt: new Date().toISOString(), eventId: String(eventId ?? "none"), action, details };
    context.log("Audit %s: %s", action, JSON.stringify(details));
    return entry;
  },
});
