import java.nio.file.Files;
import java.nio.file.Path;

/** A scripted gRPC peer on grpc-java; README.md in the folder above says what it is told and what it answers. */
final class Peer {
  public static void main(String[] arguments) throws Exception {
    Script script = Script.read(Files.readString(Path.of(arguments[1])));
    if (arguments[0].equals("host")) new Host(script).run();
    else new Worker(script, arguments[2]).run();
    System.exit(0);
  }
}
