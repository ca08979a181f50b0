import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes the calls of the script, one after another or all at once. */
final class Worker {
  private final Script script;
  private final Map<String, ManagedChannel> channels = new HashMap<>();

  Worker(Script script, String address) {
    this.script = script;
    int colon = address.lastIndexOf(':');
    InetSocketAddress target =
        new InetSocketAddress(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
    for (Script.Call call : script.calls) {
      channels.computeIfAbsent(
          call.channel,
          label ->
              NettyChannelBuilder.forAddress(target)
                  .usePlaintext()
                  .maxInboundMessageSize(Integer.MAX_VALUE)
                  .maxInboundMetadataSize(1 << 20)
                  .build());
    }
  }

  void run() throws InterruptedException {
    List<Thread> tasks = new ArrayList<>();
    for (Script.Call call : script.calls) {
      Thread task = new Thread(() -> ask(call));
      task.start();
      if (!script.parallel) task.join();
      tasks.add(task);
    }
    for (Thread task : tasks) task.join();
    for (ManagedChannel channel : channels.values()) channel.shutdownNow();
  }

  private void ask(Script.Call script) {
    CallOptions options = CallOptions.DEFAULT;
    if (script.workerCompression != null) options = options.withCompression(script.workerCompression);
    ClientCall<byte[], byte[]> call = channels.get(script.channel).newCall(script.method(), options);
    Answer answer = new Answer();
    Metadata metadata = Script.toMetadata(script.metadata);
    metadata.put(Metadata.Key.of("x-call", Metadata.ASCII_STRING_MARSHALLER), script.name);
    call.start(answer, metadata);
    call.request(Integer.MAX_VALUE);
    try {
      for (Script.Step step : script.worker) {
        boolean isGoing = true;
        switch (step.action) {
          case "send" -> call.sendMessage(step.content());
          case "receive" -> isGoing = answer.inbox.receive(step.count);
          case "half-close" -> call.halfClose();
          case "cancel" -> call.cancel("as the script says", null);
          case "say" -> Script.say(Map.of("said", step.text));
          case "sleep" -> Thread.sleep(step.count);
          default -> throw new IllegalArgumentException("no step of a worker: " + step.action);
        }
        if (!isGoing) break;
      }
      answer.inbox.awaitEnd();
    } catch (InterruptedException | RuntimeException error) {
      error.printStackTrace();
    }
    String description = answer.status.getDescription();
    Script.say(
        Map.of(
            "call", script.name,
            "messages", answer.inbox.messages(),
            "metadata", Script.fromMetadata(answer.headers),
            "trailers", Script.fromMetadata(answer.trailers),
            "status",
                Map.of("code", answer.status.getCode().value(), "message", description == null ? "" : description)));
  }

  private static final class Answer extends ClientCall.Listener<byte[]> {
    final Inbox inbox = new Inbox();
    volatile Metadata headers = new Metadata();
    volatile Metadata trailers = new Metadata();
    volatile Status status = Status.UNKNOWN;

    @Override
    public void onHeaders(Metadata received) {
      headers = received;
    }

    @Override
    public void onMessage(byte[] message) {
      inbox.add(message);
    }

    @Override
    public void onClose(Status received, Metadata receivedTrailers) {
      status = received;
      trailers = receivedTrailers;
      inbox.end(!received.isOk());
    }
  }
}
