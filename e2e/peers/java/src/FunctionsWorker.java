import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** A small language worker: it reads its arguments as the official Java worker does, and answers what a host asks. */
final class FunctionsWorker extends ClientCall.Listener<byte[]> {
  private static final int INVOCATION_REQUEST = 4;
  private static final int LOAD_REQUEST = 8;
  private static final int TERMINATE = 14;
  private static final int INIT_REQUEST = 17;
  private static final int METADATA_REQUEST = 29;

  private static final List<String> KNOWN =
      List.of(
          "host", "port", "workerId", "requestId", "grpcMaxMessageLength", "functions-uri", "functions-worker-id",
          "functions-request-id", "functions-grpc-max-message-length");

  private final ClientCall<byte[], byte[]> call;
  private final CountDownLatch over = new CountDownLatch(1);

  private FunctionsWorker(ClientCall<byte[], byte[]> call) {
    this.call = call;
  }

  public static void main(String[] given) throws InterruptedException {
    Map<String, String> told = parse(given);
    String workerId = told.getOrDefault("functions-worker-id", told.get("workerId"));
    String uri = told.get("functions-uri");
    String target =
        uri == null ? told.get("host") + ":" + told.get("port") : uri.replaceFirst("^http://", "").replaceFirst("/$", "");
    System.out.println("LanguageWorkerConsoleLoga small Java worker");
    ManagedChannel channel =
        NettyChannelBuilder.forTarget(target).usePlaintext().maxInboundMessageSize(Integer.MAX_VALUE).build();
    FunctionsWorker worker =
        new FunctionsWorker(
            channel.newCall(
                Script.Call.method("/AzureFunctionsRpcMessages.FunctionRpc/EventStream"), CallOptions.DEFAULT));
    worker.call.start(worker, new Metadata());
    worker.call.request(Integer.MAX_VALUE);
    worker.call.sendMessage(field(20, text(2, workerId)));
    worker.over.await();
    System.exit(1);
  }

  /** Stops at the first option that it does not know. */
  private static Map<String, String> parse(String[] given) {
    Map<String, String> told = new HashMap<>();
    for (int index = 0; index + 1 < given.length; index += 2) {
      String name = given[index].replaceFirst("^--", "");
      if (!KNOWN.contains(name)) break;
      told.put(name, given[index + 1]);
    }
    return told;
  }

  @Override
  public void onMessage(byte[] message) {
    Map<Integer, byte[]> asked = fieldsOf(message);
    byte[] id = field(1, asked.getOrDefault(1, new byte[0]));
    byte[] success = number(4, 1);
    for (Map.Entry<Integer, byte[]> one : asked.entrySet()) {
      if (one.getKey() == 1) continue;
      byte[] first = fieldsOf(one.getValue()).getOrDefault(1, new byte[0]);
      switch (one.getKey()) {
        case INIT_REQUEST -> say(id, field(16, join(text(1, "1.0.0"), field(3, success))));
        case METADATA_REQUEST -> say(id, field(30, join(field(2, success), number(3, 1))));
        case LOAD_REQUEST -> say(id, field(9, join(field(1, first), field(2, success))));
        case INVOCATION_REQUEST -> {
          byte[] http = field(5, join(text(12, "200"), field(4, text(1, "Hello from Java"))));
          say(id, field(5, join(field(1, first), field(3, success), field(4, http))));
        }
        case TERMINATE -> System.exit(0);
        default -> {}
      }
    }
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    over.countDown();
  }

  private void say(byte[]... fields) {
    call.sendMessage(join(fields));
  }

  /** The last field of each number that has bytes; numbers are passed over. */
  private static Map<Integer, byte[]> fieldsOf(byte[] message) {
    Map<Integer, byte[]> found = new HashMap<>();
    int[] at = {0};
    while (at[0] < message.length) {
      long tag = varint(message, at);
      switch ((int) (tag & 7)) {
        case 0 -> varint(message, at);
        case 1 -> at[0] += 8;
        case 5 -> at[0] += 4;
        default -> {
          int length = (int) varint(message, at);
          found.put((int) (tag >> 3), java.util.Arrays.copyOfRange(message, at[0], at[0] + length));
          at[0] += length;
        }
      }
    }
    return found;
  }

  private static long varint(byte[] message, int[] at) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte part = message[at[0]++];
      value |= (long) (part & 0x7f) << shift;
      if (part >= 0) return value;
    }
  }

  private static byte[] text(int number, String value) {
    return field(number, value.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] number(int number, long value) {
    return join(varint((long) number << 3), varint(value));
  }

  private static byte[] field(int number, byte[] content) {
    return join(varint((long) number << 3 | 2), varint(content.length), content);
  }

  private static byte[] varint(long value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (long rest = value; ; rest >>>= 7) {
      if (rest < 0x80) {
        bytes.write((int) rest);
        return bytes.toByteArray();
      }
      bytes.write((int) (rest & 0x7f | 0x80));
    }
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    for (byte[] part : parts) joined.writeBytes(part);
    return joined.toByteArray();
  }
}
