package org.euryale.posix;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The address of a UNIX socket, as {@code unix(7)} has it: a path, an abstract name (its first byte is 0), or none.
 *
 * <p>Names are bytes, each a char of a Latin-1 string. A relative path means one of the interpreter's working directory,
 * which need not be the JVM's, so an address has both: what was given, which is what others are told, and where that is.
 */
public final class UnixAddress extends SocketAddress {
    private static final long serialVersionUID = 1L;

    /** Bytes of sun_path; a path is one less, for the byte 0 behind it. */
    public static final int SUN_PATH = 108;

    /** Bytes of a path that the JDK takes, one less than the kernel. */
    static final int JDK_LIMIT = SUN_PATH - 2;

    /** The address of a socket without one. */
    public static final UnixAddress UNNAMED = new UnixAddress("", "");

    /** What the JDK writes file names in; no other can be told to it. */
    private static final Charset FILE_NAMES = fileNames();

    /** The JVM's own working directory, to which the kernel takes a relative path; null where that is not known. */
    private static final @Nullable String OWN_DIRECTORY = ownDirectory();

    private final String name;
    private final String place;

    private UnixAddress(String name, String place) {
        this.name = name;
        this.place = place;
    }

    private static Charset fileNames() {
        String name = System.getProperty("sun.jnu.encoding");
        return name != null && Charset.isSupported(name) ? Charset.forName(name) : Charset.defaultCharset();
    }

    private static @Nullable String ownDirectory() {
        try {
            // It is user.dir, unless that was set.
            boolean own = Files.isSameFile(Path.of("").toAbsolutePath(), Path.of("/proc/self/cwd"));
            return own ? bytes(System.getProperty("user.dir")) : null;
        } catch (IOException e) {
            return null;
        }
    }

    /**
     * The address of a name. A path ends at its first byte 0, as for the kernel.
     *
     * @param directory the working directory, absolute, in bytes
     */
    public static UnixAddress of(String name, String directory) {
        if (name.isEmpty() || name.charAt(0) == 0) {
            return new UnixAddress(name, name);
        }
        int end = name.indexOf('\0');
        String path = end < 0 ? name : name.substring(0, end);
        // Others are told the name that the kernel was told, so that it stays relative where that is possible.
        boolean asItIs = path.charAt(0) == '/' || directory.equals(OWN_DIRECTORY);
        return new UnixAddress(path, asItIs ? path : directory + "/" + path);
    }

    /** The address of a name that the kernel told. */
    public static UnixAddress of(String name) {
        return new UnixAddress(name, name);
    }

    static UnixAddress of(Path path) {
        byte[] bytes = path.toString().getBytes(FILE_NAMES);
        return of(new String(bytes, StandardCharsets.ISO_8859_1));
    }

    /** The bytes of a file name of the JDK's. */
    public static String bytes(String fileName) {
        return new String(fileName.getBytes(FILE_NAMES), StandardCharsets.ISO_8859_1);
    }

    /** As it was given, "" for none. */
    public String name() {
        return name;
    }

    /** The name that the kernel is to be told: the path, with its directory where that is not the JVM's. */
    public String place() {
        return place;
    }

    /** Whether it is a path; abstract names and no name are none. */
    public boolean isPath() {
        return !name.isEmpty() && name.charAt(0) != 0;
    }

    /**
     * The path, null for what is none and for one that the JDK cannot tell the kernel: its bytes are no text here, it
     * ends in a slash, or it is as long as can be. One that is longer because of its directory can be shortened.
     */
    @Nullable
    Path path() {
        boolean tooLong = name.length() > JDK_LIMIT && name.equals(place);
        if (!isPath() || tooLong || name.endsWith("/")) {
            return null;
        }
        try {
            return Path.of(text(place));
        } catch (CharacterCodingException | InvalidPathException e) {
            return null;
        }
    }

    /** The directory of a path, as the JDK writes it; ENAMETOOLONG where it cannot. */
    public String directory() throws PosixException {
        try {
            return text(place.substring(0, place.lastIndexOf('/') + 1));
        } catch (CharacterCodingException e) {
            throw new PosixException(Errno.ENAMETOOLONG);
        }
    }

    /** The path without its directory, in bytes. */
    public String base() {
        return place.substring(place.lastIndexOf('/') + 1);
    }

    private static String text(String bytes) throws CharacterCodingException {
        ByteBuffer wrapped = ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1));
        return FILE_NAMES.newDecoder().decode(wrapped).toString();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof UnixAddress address && address.name.equals(name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public String toString() {
        return name.replace('\0', '@');
    }
}
