package org.euryale.jython;

import java.io.FileDescriptor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.channels.Channel;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * The kernel's descriptors behind channels of the JDK's, which it keeps to itself: read from the channels' fields with
 * {@code sun.misc.Unsafe}, since plain reflection is refused without a flag of the JVM. Jython's native calls (jffi) use
 * the same class, so a JVM without it has no {@link LibcKernel} either. Nothing on the hot path asks.
 */
final class KernelNumbers {
    static final int UNKNOWN = -1;

    private static final @Nullable KernelNumbers UNSAFE = open();

    private final Object unsafe;
    private final Method offset;
    private final Method integer;
    private final Method object;

    private KernelNumbers() throws ReflectiveOperationException {
        Class<?> type = Class.forName("sun.misc.Unsafe");
        Field field = type.getDeclaredField("theUnsafe");
        field.setAccessible(true);
        unsafe = field.get(null);
        offset = type.getMethod("objectFieldOffset", Field.class);
        integer = type.getMethod("getInt", Object.class, long.class);
        object = type.getMethod("getObject", Object.class, long.class);
    }

    private static @Nullable KernelNumbers open() {
        try {
            KernelNumbers numbers = new KernelNumbers();
            return numbers.read(FileDescriptor.in) == 0 && numbers.read(FileDescriptor.err) == 2 ? numbers : null;
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null; // a JDK that has closed this way, too
        }
    }

    /** Whether this JVM tells them. */
    static boolean available() {
        return UNSAFE != null;
    }

    /** The kernel's descriptor of an open channel, {@link #UNKNOWN} where it is not told. */
    static int of(Channel channel) {
        try {
            return UNSAFE == null || !channel.isOpen() ? UNKNOWN : UNSAFE.number(channel);
        } catch (ReflectiveOperationException | RuntimeException e) {
            return UNKNOWN;
        }
    }

    private int number(Channel channel) throws ReflectiveOperationException {
        if (channel instanceof FileChannel) {
            return read(object.invoke(unsafe, channel, place(channel.getClass(), "fd")));
        }
        return (int) integer.invoke(unsafe, channel, place(channel.getClass(), "fdVal"));
    }

    private int read(Object descriptor) throws ReflectiveOperationException {
        return (int) integer.invoke(unsafe, descriptor, place(FileDescriptor.class, "fd"));
    }

    private Object place(Class<?> type, String field) throws ReflectiveOperationException {
        return offset.invoke(unsafe, type.getDeclaredField(field));
    }
}
