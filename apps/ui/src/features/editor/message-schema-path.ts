/** In the name of every editor's text that is a StreamingMessage: by it the schema is found. */
export const MESSAGE_PATH = "streaming-message";
