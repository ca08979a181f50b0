const { app } = require("@azure/functions");
const { wholeNumber } = require("../shop");

/** Checks the colours of ?lines= pictures (200 where nothing is said) and has something to say about each. */
app.http("chatty", {
  methods: ["GET"],
  authLevel: "anonymous",
  handler: (request, context) => {
    const lines = wholeNumber(request.query.get("lines"), 200, 100_000);
    for (let number = 1; number <= lines; number += 1) {
      const picture = `IMG_${String(number).padStart(4, "0")}.jpg`;
      if (number % 50 === 0) {
        context.warn(`${picture}: clipped highlights in ${number % 7} regions`);
      } else if (number % 10 === 0) {
        context.debug(`${picture}: histogram`, { dark: number % 11, mid: 80, bright: number % 13 });
      } else {
        context.log(`${picture}: white balance ${5000 + (number % 9) * 100} K, exposure fine`);
      }
    }
    return { jsonBody: { checked: lines } };
  },
});
