import io.grpc.HandlerRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Serves every path that stands in the script. */
final class Host extends HandlerRegistry {
  private final Map<String, Script.Call> calls = new HashMap<>();
  private final Map<String, MethodDescriptor<byte[], byte[]>> methods = new HashMap<>();
  private Server server;

  Host(Script script) {
    for (Script.Call call : script.calls) {
      if (call.host == null) continue;
      calls.put(call.name, call);
      methods.put(call.path.substring(1), call.method());
    }
  }

  void run() throws Exception {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
            .fallbackHandlerRegistry(this)
            .maxInboundMessageSize(Integer.MAX_VALUE)
            .maxInboundMetadataSize(1 << 20)
            .build()
            .start();
    Script.say(Map.of("port", server.getPort()));
    System.in.readAllBytes();
    server.shutdownNow();
  }

  @Override
  public ServerMethodDefinition<?, ?> lookupMethod(String name, String authority) {
    MethodDescriptor<byte[], byte[]> method = methods.get(name);
    return method == null ? null : ServerMethodDefinition.create(method, this::accept);
  }

  private ServerCall.Listener<byte[]> accept(ServerCall<byte[], byte[]> call, Metadata metadata) {
    Inbox inbox = new Inbox();
    call.request(Integer.MAX_VALUE);
    List<List<String>> received = Script.fromMetadata(metadata);
    new Thread(() -> answer(call, received, inbox)).start();
    return new ServerCall.Listener<>() {
      @Override
      public void onMessage(byte[] message) {
        inbox.add(message);
      }

      @Override
      public void onHalfClose() {
        inbox.end(false);
      }

      @Override
      public void onCancel() {
        inbox.end(true);
      }
    };
  }

  private void answer(ServerCall<byte[], byte[]> call, List<List<String>> metadata, Inbox inbox) {
    String name = metadata.stream().filter(pair -> pair.get(0).equals("x-call")).findFirst().orElseThrow().get(1);
    Script.Call script = calls.get(name);
    try {
      if (script.hostCompression != null) call.setCompression(script.hostCompression);
      boolean hasHeaders = false;
      Status status = Status.OK;
      Metadata trailers = new Metadata();
      for (Script.Step step : script.host) {
        boolean isGoing = true;
        if (step.action.equals("send") && !hasHeaders) {
          hasHeaders = true;
          call.sendHeaders(new Metadata());
        }
        switch (step.action) {
          case "metadata" -> {
            hasHeaders = true;
            call.sendHeaders(Script.toMetadata(step.metadata));
          }
          case "send" -> call.sendMessage(step.content());
          case "receive" -> isGoing = inbox.receive(step.count);
          case "await-end" -> isGoing = inbox.awaitEnd();
          case "say" -> Script.say(Map.of("said", step.text));
          case "sleep" -> Thread.sleep(step.count);
          case "stop" -> server.shutdown();
          case "status" -> {
            status = Status.fromCodeValue(step.code).withDescription(step.message);
            trailers = Script.toMetadata(step.metadata);
          }
          default -> throw new IllegalArgumentException("no step of a host: " + step.action);
        }
        if (!isGoing) break;
      }
      if (!call.isCancelled()) call.close(status, trailers);
    } catch (InterruptedException | RuntimeException error) {
      error.printStackTrace();
    }
    Script.say(
        Map.of(
            "call", name,
            "path", "/" + call.getMethodDescriptor().getFullMethodName(),
            "messages", inbox.messages(),
            "metadata", metadata,
            "trailers", List.of(),
            "cancelled", inbox.isFailed()));
  }
}
