export * as http2Writer from "./http2-writer.ts";
export { encodePcap, HOST_PORT, workerPort } from "./pcap.ts";
export {
  loadRecording,
  type RecordedChunk,
  type RecordedMessage,
  type RecordedProcess,
  type Recording,
  recordedProcesses,
  recordingNames,
} from "./recordings.ts";
export { type ScriptedConversation, startConversation } from "./scripted-conversation.ts";
export { createTranscript, formatEntry, type Transcript, type TranscriptEntry } from "./transcript.ts";
