import com.google.gson.Gson;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** What a peer is told, in the form of the JSON file, and how it answers. */
final class Script {
  boolean parallel;
  List<Call> calls;

  static final class Call {
    String name;
    String path;
    String channel;
    List<List<String>> metadata;
    String workerCompression;
    String hostCompression;
    List<Step> worker;
    List<Step> host;

    /** Bytes pass as they are. */
    MethodDescriptor<byte[], byte[]> method() {
      return method(path);
    }

    static MethodDescriptor<byte[], byte[]> method(String path) {
      return MethodDescriptor.newBuilder(BYTES, BYTES)
          .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
          .setFullMethodName(path.substring(1))
          .build();
    }
  }

  static final class Step {
    @com.google.gson.annotations.SerializedName("do")
    String action;
    String base64;
    int bytes;
    int seed;
    int count;
    int code;
    String message;
    List<List<String>> metadata;
    String text;

    byte[] content() {
      byte[] head = base64 == null ? new byte[0] : Base64.getDecoder().decode(base64);
      byte[] content = new byte[head.length + bytes];
      System.arraycopy(head, 0, content, 0, head.length);
      for (int i = 0; i < bytes; i++) {
        int at = i % 65521;
        content[head.length + i] = (byte) (at * 7 + (at >> 8) * 13 + seed);
      }
      return content;
    }
  }

  private static final Gson GSON = new Gson();

  private static final MethodDescriptor.Marshaller<byte[]> BYTES =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
          return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
          try {
            return stream.readAllBytes();
          } catch (IOException error) {
            throw new UncheckedIOException(error);
          }
        }
      };

  static Script read(String json) {
    return GSON.fromJson(json, Script.class);
  }

  static void say(Map<String, ?> value) {
    String line = GSON.toJson(value);
    synchronized (GSON) {
      System.out.println(line);
      System.out.flush();
    }
  }

  static Metadata toMetadata(List<List<String>> pairs) {
    Metadata metadata = new Metadata();
    for (List<String> pair : pairs) {
      String key = pair.get(0);
      if (key.endsWith("-bin")) {
        metadata.put(
            Metadata.Key.of(key, Metadata.BINARY_BYTE_MARSHALLER), Base64.getDecoder().decode(pair.get(1)));
      } else {
        metadata.put(Metadata.Key.of(key, Metadata.ASCII_STRING_MARSHALLER), pair.get(1));
      }
    }
    return metadata;
  }

  static List<List<String>> fromMetadata(Metadata metadata) {
    List<List<String>> pairs = new ArrayList<>();
    for (String key : metadata.keys()) {
      if (!key.startsWith("x-")) continue;
      if (key.endsWith("-bin")) {
        for (byte[] value : metadata.getAll(Metadata.Key.of(key, Metadata.BINARY_BYTE_MARSHALLER))) {
          pairs.add(List.of(key, Base64.getEncoder().encodeToString(value)));
        }
      } else {
        for (String value : metadata.getAll(Metadata.Key.of(key, Metadata.ASCII_STRING_MARSHALLER))) {
          pairs.add(List.of(key, value));
        }
      }
    }
    pairs.sort(Comparator.comparing(pair -> pair.get(0)));
    return pairs;
  }
}
