package org.euryale.posix;

import java.io.IOException;
import java.net.SocketOption;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The options a program has set on one socket. They outlive the channel, which is replaced when the socket listens or a
 * connect fails, and they are what an accepted socket inherits from its listener (on Linux it inherits all; the JDK's
 * listening channel knows only some). Guarded by the socket.
 */
final class ChannelOptions {
    /** As the kernel reports them: buffer sizes are twice what was asked (socket(7)). */
    private static final boolean DOUBLES_BUFFERS =
            System.getProperty("os.name", "").startsWith("Linux");

    private final @Nullable SocketKernel kernel;
    private @Nullable OptionValues chosen;

    /** While it listens: the values of the options that a listening channel does not have. */
    private @Nullable OptionValues unknownToListener;

    /**
     * @param kernel for the options that the JDK has not, which without are ENOPROTOOPT
     */
    ChannelOptions(@Nullable SocketKernel kernel) {
        this.kernel = kernel;
    }

    void set(@Nullable NetworkChannel channel, Option option, int value) throws PosixException {
        if (option == Option.SO_ERROR || option == Option.SO_ACCEPTCONN) {
            throw new PosixException(Errno.ENOPROTOOPT);
        }
        if (option == Option.IPV6_V6ONLY && channel != null && kernel != null) {
            kernel.setOption(channel, option, value);
            choose(option, value);
            return;
        }
        // A listening channel must keep SO_REUSEADDR, see StreamSocket.listen.
        if (channel != null && supports(channel, option) && !(option == Option.SO_REUSEADDR && isListening())) {
            apply(channel, option, value);
        } else if (unknownToListener != null && unknownToListener.has(option)) {
            unknownToListener.put(option, tried(option, value));
        } else if (!option.isOwnKnowledge() && option != Option.SO_REUSEADDR) {
            throw new PosixException(Errno.ENOPROTOOPT);
        }
        choose(option, value);
    }

    private void choose(Option option, int value) {
        if (chosen == null) {
            chosen = new OptionValues();
        }
        chosen.put(option, value);
    }

    int get(@Nullable NetworkChannel channel, Option option) throws PosixException {
        if (option == Option.SO_REUSEADDR || option == Option.SO_BROADCAST || option == Option.IPV6_V6ONLY) {
            return chosen == null ? 0 : flag(chosen.value(option, 0));
        }
        if (channel != null && supports(channel, option)) {
            return read(channel, option);
        }
        if (unknownToListener != null && unknownToListener.has(option)) {
            return unknownToListener.value(option, 0);
        }
        throw new PosixException(Errno.ENOPROTOOPT);
    }

    /** What the kernel makes of a value, asked of a channel that has the option; EINVAL where it refuses. */
    private static int tried(Option option, int value) throws PosixException {
        try (SocketChannel trial = SocketChannel.open()) {
            apply(trial, option, value);
            return read(trial, option);
        } catch (IOException e) {
            throw PosixException.of(e);
        }
    }

    /** The program's own wish for SO_REUSEADDR. */
    boolean reuseAddress() {
        return chosen != null && chosen.value(Option.SO_REUSEADDR, 0) != 0;
    }

    /** What the program has set. */
    void forEach(OptionValues.Visitor visitor) throws PosixException {
        if (chosen != null) {
            chosen.forEach(visitor);
        }
    }

    /** Gives a channel that takes another's place what the program had set. */
    void replay(NetworkChannel channel) throws PosixException {
        if (chosen != null) {
            SocketKernel asked = kernel;
            chosen.forEach((option, value) -> {
                if (option == Option.IPV6_V6ONLY && asked != null) {
                    asked.setOption(channel, option, value);
                } else {
                    apply(channel, option, value);
                }
            });
        }
    }

    /** Notes, before the first channel goes, what the listening one cannot say. */
    void beforeListening(NetworkChannel first, NetworkChannel listening) throws PosixException {
        OptionValues notes = new OptionValues();
        for (Option option : Option.values()) {
            if (supports(first, option) && !supports(listening, option)) {
                notes.put(option, read(first, option));
            }
        }
        unknownToListener = notes;
    }

    void notListening() {
        unknownToListener = null;
    }

    private boolean isListening() {
        return unknownToListener != null;
    }

    /** What a socket accepted from this listener inherits, given to its channel where the kernel has not done so. */
    ChannelOptions inherit(NetworkChannel accepted) throws PosixException {
        ChannelOptions child = new ChannelOptions(kernel);
        if (chosen != null) {
            child.chosen = chosen.copy();
            OptionValues unknown = unknownToListener;
            if (unknown != null) {
                chosen.forEach((option, value) -> {
                    if (unknown.has(option)) {
                        apply(accepted, option, value);
                    }
                });
            }
        }
        return child;
    }

    private static boolean supports(NetworkChannel channel, Option option) {
        return jdk(channel, option) != null;
    }

    /** The channel's own option, null when it has none. */
    private static @Nullable SocketOption<?> jdk(NetworkChannel channel, Option option) {
        SocketOption<?> jdk = option.jdk();
        if (jdk != null) {
            return channel.supportedOptions().contains(jdk) ? jdk : null;
        }
        if (option == Option.SO_OOBINLINE) {
            for (SocketOption<?> each : channel.supportedOptions()) {
                if (each.name().equals(option.name())) {
                    return each;
                }
            }
        }
        return null;
    }

    @SuppressWarnings("unchecked") // the type is asked before the cast
    static void apply(NetworkChannel channel, Option option, int value) throws PosixException {
        SocketOption<?> jdk = jdk(channel, option);
        if (jdk == null) {
            return;
        }
        try {
            if (jdk.type() == Boolean.class) {
                channel.setOption((SocketOption<Boolean>) jdk, value != 0);
            } else {
                // The kernel takes a negative buffer size for a huge unsigned one and cuts it to its limit; the JDK
                // refuses it.
                int given = isBuffer(option) && value < 0 ? Integer.MAX_VALUE : value;
                channel.setOption((SocketOption<Integer>) jdk, given);
            }
        } catch (IllegalArgumentException e) {
            throw new PosixException(Errno.EINVAL);
        } catch (IOException e) {
            throw PosixException.of(e);
        }
    }

    private static int read(NetworkChannel channel, Option option) throws PosixException {
        try {
            Object value = channel.getOption(Objects.requireNonNull(jdk(channel, option)));
            if (value instanceof Boolean on) {
                return on ? 1 : 0;
            }
            // The JDK halves what Linux says (NET_GetSockOpt), so that set and get agree; POSIX programs see the
            // kernel's.
            int number = (Integer) value;
            return isBuffer(option) && DOUBLES_BUFFERS ? number * 2 : number;
        } catch (IOException e) {
            throw PosixException.of(e);
        }
    }

    private static boolean isBuffer(Option option) {
        return option == Option.SO_SNDBUF || option == Option.SO_RCVBUF;
    }

    private static int flag(int value) {
        return value != 0 ? 1 : 0;
    }
}
