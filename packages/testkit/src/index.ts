export * as http2Writer from "./http2-writer.ts";
export {
  loadRecording,
  type RecordedChunk,
  type RecordedMessage,
  type Recording,
  recordingNames,
} from "./recordings.ts";
export { createTranscript, type Transcript, type TranscriptEntry } from "./transcript.ts";
