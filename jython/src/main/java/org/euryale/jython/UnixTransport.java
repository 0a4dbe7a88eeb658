package org.euryale.jython;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.List;
import org.euryale.posix.Connection;
import org.euryale.posix.ControlMessage;
import org.euryale.posix.Errno;
import org.euryale.posix.OpenFile;
import org.euryale.posix.PosixException;
import org.euryale.posix.SocketKernel;
import org.euryale.reactor.StreamTransport;
import org.jspecify.annotations.Nullable;
import org.python.core.PyException;
import org.python.core.PyList;
import org.python.core.PyString;

/**
 * A UNIX connection of Twisted: descriptors go beside its bytes (unix(7)), one with a byte each, as twisted.internet.unix
 * sends and receives them. Used in the reactor's thread.
 */
final class UnixTransport extends StreamTransport<PyString> {
    /** Bytes of control messages that are received at once, as Twisted's. */
    private static final int ROOM = 4096;

    /** With more descriptors waiting the producer is paused, as Twisted's _fileDescriptorBufferSize says. */
    private static final int FULL = 64;

    private final TwistedReactor core;
    private final PyTransport face;
    private final SocketKernel kernel;

    /** To be sent with the next bytes. */
    private final ArrayDeque<Integer> descriptors = new ArrayDeque<>();

    private List<ControlMessage> beside = List.of();

    UnixTransport(TwistedReactor core, Connection socket, int descriptor, PyTransport face, SocketKernel kernel)
            throws PosixException {
        super(core.loop, socket, descriptor, TwistedReactor.STRINGS, face);
        this.core = core;
        this.face = face;
        this.kernel = kernel;
    }

    @Override
    protected int receive(ByteBuffer into) throws PosixException {
        SocketKernel.Message message = socket().recvMessage(kernel, into, 0, ROOM);
        if (message == null) {
            return OpenFile.WOULD_BLOCK;
        }
        beside = message.control();
        return message.count();
    }

    /** What came beside the bytes that are told now; null if nothing did. */
    @Nullable
    PyList takeBeside() throws PosixException {
        List<ControlMessage> control = beside;
        if (control.isEmpty()) {
            return null;
        }
        beside = List.of();
        PyList ancillary = new PyList();
        SendmsgModule.ancillary(core.process, control, ancillary);
        return ancillary;
    }

    /** Sends a descriptor with the next byte that there is to send. */
    void attach(int descriptor) {
        descriptors.add(descriptor);
        if (descriptors.size() > FULL) {
            face.full();
        }
        startWriting();
    }

    @Override
    protected void beforeSending(long waiting) {
        if (descriptors.size() > waiting) {
            throw new PyException(core.names.overrun, core.names.overrun.__call__());
        }
    }

    @Override
    protected int transmit(ByteBuffer from) throws PosixException {
        int sent = 0;
        for (Integer next = descriptors.peek(); next != null && from.hasRemaining(); next = descriptors.peek()) {
            ByteBuffer one = from.duplicate();
            one.limit(one.position() + 1);
            int count = sendWith(one, next);
            if (count == OpenFile.WOULD_BLOCK) {
                return sent == 0 ? OpenFile.WOULD_BLOCK : sent;
            }
            descriptors.remove();
            from.position(from.position() + 1);
            sent++;
        }
        int count = from.hasRemaining() ? super.transmit(from) : 0;
        return count != OpenFile.WOULD_BLOCK ? sent + count : sent == 0 ? OpenFile.WOULD_BLOCK : sent;
    }

    private int sendWith(ByteBuffer one, int descriptor) throws PosixException {
        int number = core.process.descriptors().file(descriptor).lend(core.process.libc());
        byte[] data = ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.nativeOrder())
                .putInt(number)
                .array();
        ControlMessage rights = new ControlMessage(ControlMessage.SOL_SOCKET, ControlMessage.SCM_RIGHTS, data);
        try {
            return socket().sendMessage(kernel, one, 0, List.of(rights));
        } catch (PosixException e) {
            if (e.errno() == Errno.ENOBUFS) {
                return OpenFile.WOULD_BLOCK;
            }
            throw e;
        }
    }
}
