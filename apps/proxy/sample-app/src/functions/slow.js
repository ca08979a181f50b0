const { app } = require("@azure/functions");
const { wait, wholeNumber } = require("../shop");

const steps = ["Fetching the pictures", "Laying out the album", "Rendering the pages", "Binding"];

/** Makes an album in ?ms= milliseconds (2000 where nothing is said) and tells how far it is. */
app.http("slow", {
  methods: ["GET", "POST"],
  authLevel: "anonymous",
  handler: async (request, context) => {
    const milliseconds = wholeNumber(request.query.get("ms"), 2000, 300_000);
    const startedAt = Date.now();
    for (const [index, step] of steps.entries()) {
      context.log(`${step} (${index * 25} %)`);
      await wait(milliseconds / steps.length);
    }
    const took = Date.now() - startedAt;
    context.log(`The album is ready after ${took} ms`);
    return { jsonBody: { album: "ready", milliseconds: took } };
  },
});
