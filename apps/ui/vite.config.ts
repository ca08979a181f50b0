import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  // Text goes into the document by way of src/shell/jsx.
  plugins: [react({ jsxImportSource: "#jsx" })],
  worker: { format: "es" },
  build: {
    // light-dark() and CSS nesting are used as written, so the oldest browsers are the first ones that know them.
    target: ["chrome123", "firefox120", "safari17.5"],
    // The page's policy is font-src 'self': nothing may become a data: URL.
    assetsInlineLimit: 0,
    // The code editor is one chunk, fetched when it is first needed; what the page begins with has a limit of its own.
    chunkSizeWarningLimit: 5000,
  },
});
