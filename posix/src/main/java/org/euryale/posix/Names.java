package org.euryale.posix;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Host names and the text forms of addresses, as {@code getaddrinfo(3)} and {@code inet(3)} have them. */
public final class Names {
    /** The shape that the JDK's parser, which takes longer groups, is given to read. */
    private static final Pattern V6_TEXT =
            Pattern.compile("(?:[0-9a-fA-F]{0,4}:){2,8}(?:[0-9a-fA-F]{0,4}|[0-9]+[.][0-9.]+)");

    private static final Pattern NUMBER =
            Pattern.compile("0[xX]0*([0-9a-fA-F]{1,8})|0+([0-7]{0,11})|([1-9][0-9]{0,9})");
    private static final int V4_BYTES = 4;
    private static final int V6_BYTES = 16;

    private Names() {}

    /**
     * The addresses of a host name or numeric text, in the resolver's order.
     *
     * @param family only addresses of this family, null for both
     * @throws UnknownHostException with the resolver's text
     */
    public static List<InetAddress> resolve(String host, @Nullable Family family) throws UnknownHostException {
        InetAddress numeric = numeric(host);
        InetAddress[] all = numeric != null ? new InetAddress[] {numeric} : InetAddress.getAllByName(host);
        List<InetAddress> found = new ArrayList<>();
        for (InetAddress address : all) {
            if (family == null || (family == Family.INET) == (address instanceof Inet4Address)) {
                found.add(address);
            }
        }
        return found;
    }

    /** The address that the text spells out, null when it is a name. */
    public static @Nullable InetAddress numeric(String text) throws UnknownHostException {
        byte[] bytes = exactAton(text);
        if (bytes != null) {
            return InetAddress.getByAddress(bytes);
        }
        int scope = text.indexOf('%');
        byte[] six = pton6(scope < 0 ? text : text.substring(0, scope));
        if (six == null) {
            return null;
        }
        // With a scope the JDK parses the text itself: it knows the interfaces' numbers.
        return scope < 0 ? Inet6Address.getByAddress(null, six, -1) : InetAddress.getByName(text);
    }

    /**
     * inet_aton(3): one to four parts, decimal, octal or hexadecimal; null when the text is none of that. As glibc's, it
     * does not look at what follows a space.
     */
    public static byte @Nullable [] aton(String text) {
        return exactAton(text.split("[ \\t-\\r]", 2)[0]);
    }

    private static byte @Nullable [] exactAton(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length > V4_BYTES) {
            return null;
        }
        long address = 0;
        for (int i = 0; i < parts.length; i++) {
            long part = number(parts[i]);
            boolean last = i == parts.length - 1;
            int bits = last ? 8 * (V4_BYTES - i) : 8;
            if (part < 0 || part >= 1L << bits) {
                return null;
            }
            address |= last ? part : part << (24 - 8 * i);
        }
        return new byte[] {(byte) (address >> 24), (byte) (address >> 16), (byte) (address >> 8), (byte) address};
    }

    private static long number(String digits) {
        Matcher matcher = NUMBER.matcher(digits);
        if (!matcher.matches()) {
            return -1;
        }
        String octal = matcher.group(2);
        if (octal != null) {
            return octal.isEmpty() ? 0 : Long.parseLong(octal, 8);
        }
        String hexadecimal = matcher.group(1);
        return hexadecimal != null ? Long.parseLong(hexadecimal, 16) : Long.parseLong(matcher.group(3));
    }

    /** inet_pton(3) for AF_INET: exactly four decimal parts; null otherwise. */
    public static byte @Nullable [] pton4(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != V4_BYTES) {
            return null;
        }
        byte[] bytes = new byte[V4_BYTES];
        for (int i = 0; i < V4_BYTES; i++) {
            String part = parts[i];
            boolean digits =
                    !part.isEmpty() && part.length() <= 3 && part.chars().allMatch(c -> c >= '0' && c <= '9');
            if (!digits || (part.length() > 1 && part.charAt(0) == '0') || Integer.parseInt(part) > 255) {
                return null;
            }
            bytes[i] = (byte) Integer.parseInt(part);
        }
        return bytes;
    }

    /** inet_pton(3) for AF_INET6; null when the text is no address. No scope. */
    public static byte @Nullable [] pton6(String text) {
        String last = text.substring(text.lastIndexOf(':') + 1);
        if (!V6_TEXT.matcher(text).matches() || (last.indexOf('.') >= 0 && pton4(last) == null)) {
            return null;
        }
        try {
            byte[] bytes = InetAddress.getByName(text).getAddress(); // has a colon: parsed, never looked up
            return bytes.length == V6_BYTES ? bytes : mapped(bytes);
        } catch (UnknownHostException e) {
            return null;
        }
    }

    private static byte[] mapped(byte[] four) {
        byte[] six = new byte[V6_BYTES];
        six[10] = (byte) 0xff;
        six[11] = (byte) 0xff;
        System.arraycopy(four, 0, six, 12, V4_BYTES);
        return six;
    }

    /** The text of an address as a socket of {@code family} tells it: mapped where the family is INET6. */
    public static String text(InetAddress address, Family family) {
        byte[] bytes = address.getAddress();
        return ntop(family == Family.INET6 && bytes.length == V4_BYTES ? mapped(bytes) : bytes);
    }

    /**
     * The numeric text that {@code getnameinfo(3)} has for an address with a scope: by the interface's name where it is
     * of a link alone, by number elsewhere.
     *
     * @param scope an interface's number, unsigned; 0 for none
     */
    public static String text(InetAddress address, int scope) {
        byte[] bytes = address.getAddress();
        if (scope == 0 || bytes.length == V4_BYTES) {
            return ntop(bytes);
        }
        String name = isOfLink(bytes) ? interfaceName(scope) : null;
        return ntop(bytes) + '%' + (name != null ? name : Integer.toUnsignedString(scope));
    }

    /** fe80::/10 and ff?2::/16: such an address means something on one link only. */
    private static boolean isOfLink(byte[] bytes) {
        int first = bytes[0] & 0xff;
        return first == 0xfe ? (bytes[1] & 0xc0) == 0x80 : first == 0xff && (bytes[1] & 0xf) == 2;
    }

    private static @Nullable String interfaceName(int index) {
        try {
            NetworkInterface found = index < 0 ? null : NetworkInterface.getByIndex(index);
            return found == null ? null : found.getName();
        } catch (SocketException e) {
            return null;
        }
    }

    /** The scope of an address, 0 for none. */
    public static int scope(InetAddress address) {
        return address instanceof Inet6Address six ? six.getScopeId() : 0;
    }

    /** An address of 4 or 16 bytes; a mapped one stays IPv6, unlike {@link InetAddress#getByAddress(byte[])}'s. */
    public static InetAddress address(byte[] bytes) {
        try {
            return bytes.length == V4_BYTES
                    ? InetAddress.getByAddress(bytes)
                    : Inet6Address.getByAddress(null, bytes, -1);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(bytes.length + " bytes", e);
        }
    }

    /** inet_ntop(3): 4 or 16 bytes. */
    public static String ntop(byte[] bytes) {
        return bytes.length == V4_BYTES ? ntop4(bytes, 0) : ntop6(bytes);
    }

    private static String ntop4(byte[] bytes, int at) {
        return (bytes[at] & 255) + "." + (bytes[at + 1] & 255) + "." + (bytes[at + 2] & 255) + "."
                + (bytes[at + 3] & 255);
    }

    private static String ntop6(byte[] bytes) {
        int[] words = new int[8];
        for (int i = 0; i < 8; i++) {
            words[i] = (bytes[2 * i] & 255) << 8 | (bytes[2 * i + 1] & 255);
        }
        int start = -1;
        int length = 1; // one zero alone is not shortened
        for (int i = 0; i < 8; i++) {
            int end = i;
            while (end < 8 && words[end] == 0) {
                end++;
            }
            if (end - i > length) {
                start = i;
                length = end - i;
            }
            i = Math.max(i, end - 1);
        }
        // glibc writes the last 32 bits of mapped and compatible addresses as IPv4.
        boolean four = start == 0 && (length == 6 || (length == 5 && words[5] == 0xffff));
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == start) {
                text.append(i == 0 ? "::" : ":");
                i += length - 1;
            } else if (i == 6 && four) {
                return text.append(ntop4(bytes, 12)).toString();
            } else {
                text.append(Integer.toHexString(words[i])).append(i < 7 ? ":" : "");
            }
        }
        return text.toString();
    }
}
