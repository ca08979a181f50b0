import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** What one side of a call has received. */
final class Inbox {
  private final List<Object[]> messages = new ArrayList<>();
  private int awaited;
  private boolean isEnded;
  private boolean isFailed;

  void add(byte[] message) {
    Object[] entry = {message.length, sha256(message)};
    synchronized (this) {
      messages.add(entry);
      notifyAll();
    }
  }

  synchronized void end(boolean failed) {
    isEnded = true;
    isFailed |= failed;
    notifyAll();
  }

  /** Waits for so many messages more; false where the other side ended before. */
  synchronized boolean receive(int count) throws InterruptedException {
    awaited += count;
    while (messages.size() < awaited && !isEnded) wait();
    return messages.size() >= awaited;
  }

  /** Waits until the other side sends no more; false where that was not its wish. */
  synchronized boolean awaitEnd() throws InterruptedException {
    while (!isEnded) wait();
    return !isFailed;
  }

  synchronized boolean isFailed() {
    return isFailed;
  }

  synchronized List<Object[]> messages() {
    return new ArrayList<>(messages);
  }

  private static String sha256(byte[] message) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(message));
    } catch (java.security.NoSuchAlgorithmException error) {
      throw new IllegalStateException(error);
    }
  }
}
