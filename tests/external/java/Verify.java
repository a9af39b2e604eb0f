import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;

/**
 * Checks Ed25519 signatures with the JDK alone: java Verify.java FILE, each line of it
 * "LABEL PUBLIC-KEY SIGNATURE MESSAGE", the last three in hex.
 */
final class Verify {
    /** A raw public key as X.509 has it, RFC 8410. */
    private static final String PREFIX = "302a300506032b6570032100";

    private static boolean holds(String key, String signature, String message) throws Exception {
        HexFormat hex = HexFormat.of();
        Signature verifier = Signature.getInstance("Ed25519");
        verifier.initVerify(KeyFactory.getInstance("Ed25519")
                .generatePublic(new X509EncodedKeySpec(hex.parseHex(PREFIX + key))));
        verifier.update(hex.parseHex(message));
        try {
            return verifier.verify(hex.parseHex(signature));
        } catch (SignatureException notAPoint) {
            return false;
        }
    }

    public static void main(String[] arguments) throws Exception {
        int count = 0;
        for (String line : Files.readAllLines(Path.of(arguments[0]))) {
            String[] words = line.split(" ");
            if (!holds(words[1], words[2], words[3])) {
                System.out.println("REFUSED " + words[0] + ": the signature does not hold");
                System.exit(1);
            }
            count++;
        }
        System.out.println(count + " signatures hold");
        System.exit(count > 0 ? 0 : 1);
    }
}
