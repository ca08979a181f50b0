const { app } = require("@azure/functions");
const { maxPixels, wait } = require("../shop");

/** Scales one picture for the printers. Posters (50x75) are more than the renderer can hold: those fail, on purpose. */
app.storageQueue("resize", {
  queueName: "resize-jobs",
  connection: "AzureWebJobsStorage",
  handler: async (job, context) => {
    const { picture, width, height, orderId = "none" } = job;
    const attempt = context.triggerMetadata?.dequeueCount ?? 1;
    context.log(`Scaling ${picture} to ${width} x ${height} (order ${orderId}, attempt ${attempt})`);
    assertFits(job);

    await wait(40 + (width * height) / 100_000);
    context.debug(`${picture}: Lanczos filter, sRGB, quality 92`);
    context.log(`Scaled ${picture}`);
    return { picture, pixels: width * height };
  },
});

function assertFits({ picture, width, height }) {
  const pixels = width * height;
  if (!(pixels > 0)) {
    throw new RangeError(`${picture} has no size: ${width} x ${height}`);
  }
  if (pixels > maxPixels) {
    throw new RangeError(
      `${picture} needs ${pixels.toLocaleString("en")} pixels, the renderer has ${maxPixels.toLocaleString("en")}`,
    );
  }
}
