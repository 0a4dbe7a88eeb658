package org.euryale.jython;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.euryale.posix.ControlMessage;
import org.euryale.posix.DescriptorTable;
import org.euryale.posix.Errno;
import org.euryale.posix.Events;
import org.euryale.posix.Family;
import org.euryale.posix.OpenFile;
import org.euryale.posix.PosixException;
import org.euryale.posix.Socket;
import org.euryale.posix.SocketKernel;
import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PyCode;
import org.python.core.PyList;
import org.python.core.PyObject;
import org.python.core.PyRunnable;
import org.python.core.PyString;
import org.python.core.PyTuple;

/**
 * The module {@code twisted.python._sendmsg}: sendmsg(2) and recvmsg(2), which Twisted has in C (_sendmsg.c, 20.3.0)
 * since Python 2's {@code socket} has them not. Descriptors that are passed are this interpreter's. Where the C library
 * cannot be called there is no such module, as for a Twisted whose extension was not built.
 */
public final class SendmsgModule implements PyRunnable {
    private static final String NAME = "twisted.python._sendmsg";
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_CTRUNC = 0x8;
    private static final int DATA = 8192;
    private static final int CONTROL = 4096;
    private static final int SOCKLEN_MAX = 0x7fff_ffff;

    /** More than the kernel takes and gives: net.core.optmem_max is 128 KiB, and a message has at most 253 descriptors. */
    private static final int LARGEST_CONTROL = 1024 * 1024;

    /** CMSG_SPACE beyond the data. */
    private static final int CONTROL_HEADER = 16;

    private final PosixProcess process;

    public SendmsgModule() {
        process = PosixProcess.current();
    }

    @Override
    public PyCode getMain() {
        if (process.sockets() == null || !KernelNumbers.available()) {
            throw Py.ImportError("No module named _sendmsg");
        }
        return new ModuleCode(NAME, this::fill);
    }

    private void fill(PyObject dict) {
        dict.__setitem__("__doc__", new PyString("sendmsg(2) and recvmsg(2)."));
        dict.__setitem__("SCM_RIGHTS", Py.newInteger(ControlMessage.SCM_RIGHTS));
        // The C functions call themselves by other names in their errors.
        define(
                dict,
                "send1msg",
                new Signature("sendmsg", 2, 4, "fd", "data", "flags", "ancillary"),
                "send1msg(fd, data[, flags[, ancillary]]) -> count\n\n"
                        + "Sends data, with a list of (level, type, data) beside it.",
                this::send);
        define(
                dict,
                "recv1msg",
                new Signature("recvmsg", 1, 4, "fd", "flags", "maxsize", "cmsg_size"),
                "recv1msg(fd[, flags[, maxsize=8192[, cmsg_size=4096]]]) -> (data, flags, ancillary)\n\n"
                        + "Receives what there is, and the list of (level, type, data) that came with it.",
                this::receive);
        define(
                dict,
                "getsockfam",
                new Signature("getsockfam", 1, 1),
                "getsockfam(fd) -> family\n\nAF_INET, AF_INET6 or AF_UNIX.",
                this::family);
    }

    private static void define(PyObject dict, String name, Signature signature, String doc, Function.Body body) {
        dict.__setitem__(name, new Function(signature, doc, Trace.of(name, body)));
    }

    private Socket socket(DescriptorTable table, int descriptor) throws PosixException {
        if (table.file(descriptor) instanceof Socket socket) {
            return socket;
        }
        throw new PosixException(Errno.ENOTSOCK);
    }

    private SocketKernel kernel() throws PosixException {
        SocketKernel kernel = process.sockets();
        if (kernel == null) {
            throw new PosixException(Errno.EOPNOTSUPP);
        }
        return kernel;
    }

    private RuntimeException raised(PosixException e) {
        PosixProcess.interrupted(e);
        return process.errors().socketError(e);
    }

    private PyObject family(@Nullable PyObject[] a) {
        int descriptor = Values.integer(SocketMethods.required(a[0]));
        try {
            Family family = socket(process.descriptors(), descriptor).family();
            return Py.newInteger(LibcSockets.number(family));
        } catch (PosixException e) {
            throw raised(e);
        }
    }

    // ---------------------------------------------------------------- sending

    private PyObject send(@Nullable PyObject[] a) {
        int descriptor = Values.integer(SocketMethods.required(a[0]));
        String data = Bytes.sendable(
                SocketMethods.required(a[1]), "sendmsg() argument 2 must be string or read-only character buffer");
        int flags = Values.integer(a[2], 0);
        List<ControlMessage> control = control(a[3]);
        try {
            return Py.newInteger(send(descriptor, data, flags, control));
        } catch (PosixException e) {
            throw raised(e);
        }
    }

    /** The list is gone through twice, as the C module does: for the room it takes, and for what is in it. */
    private static List<ControlMessage> control(@Nullable PyObject ancillary) {
        List<ControlMessage> messages = new ArrayList<>();
        if (ancillary == null) {
            return messages;
        }
        if (!(ancillary instanceof PyList)) {
            throw Py.TypeError("send1msg argument 3 expected list, got " + Values.typeName(ancillary));
        }
        long room = 0;
        for (ControlMessage each : items(ancillary)) {
            room += CONTROL_HEADER + each.data().length;
        }
        if (room > SOCKLEN_MAX) {
            throw Py.OverflowError("Too much msg_control to fit in a size_t: " + room);
        }
        messages.addAll(items(ancillary));
        return messages;
    }

    private static List<ControlMessage> items(PyObject list) {
        List<ControlMessage> items = new ArrayList<>();
        PyObject iterator = list.__iter__();
        for (PyObject item = iterator.__iternext__(); item != null; item = iterator.__iternext__()) {
            if (!(item instanceof PyTuple tuple)) {
                throw Py.TypeError(
                        "send1msg argument 3 expected list of tuple, got list containing " + Values.typeName(item));
            }
            PyObject[] parts = new Signature("sendmsg ancillary data (level, type, data)", 3, 3)
                    .bind(tuple.getArray(), Py.NoKeywords);
            int level = Values.integer(parts[0]);
            int type = Values.integer(parts[1]);
            String data = Bytes.sendable(
                    parts[2],
                    "sendmsg ancillary data (level, type, data)() argument 3 must be string or read-only character buffer");
            items.add(new ControlMessage(level, type, data.getBytes(StandardCharsets.ISO_8859_1)));
        }
        return items;
    }

    private int send(int descriptor, String data, int flags, List<ControlMessage> given) throws PosixException {
        DescriptorTable table = process.descriptors();
        Socket file = socket(table, descriptor);
        List<ControlMessage> control = translated(table, given);
        boolean whole = file.keepsBoundaries();
        int sent = 0;
        do {
            ByteBuffer from = whole ? PySocket.datagram(file, data) : Bytes.filled(data, sent, data.length() - sent);
            int count = file.sendMessage(kernel(), from, flags, control);
            if (count != OpenFile.WOULD_BLOCK) {
                sent += count;
                control = List.of();
            } else if (sent > 0 && (file.nonBlocking() || (flags & MSG_DONTWAIT) != 0)) {
                break;
            } else {
                await(table, file, Events.OUT, flags);
            }
        } while (sent < data.length());
        return sent;
    }

    private static void await(DescriptorTable table, OpenFile file, int events, int flags) throws PosixException {
        if ((flags & MSG_DONTWAIT) != 0) {
            throw new PosixException(Errno.EAGAIN);
        }
        PosixProcess.await(table, file, events);
    }

    /** The messages as the kernel takes them: descriptors of its own, and numbers in the machine's byte order. */
    private List<ControlMessage> translated(DescriptorTable table, List<ControlMessage> given) throws PosixException {
        List<ControlMessage> messages = new ArrayList<>();
        long room = 0;
        for (ControlMessage each : given) {
            ByteBuffer from = ByteBuffer.wrap(each.data()).order(Bytes.STRUCT_ORDER);
            ByteBuffer into = ByteBuffer.allocate(each.data().length).order(ByteOrder.nativeOrder());
            while (hasNumbers(each) && from.remaining() >= Integer.BYTES) {
                int number = from.getInt();
                into.putInt(each.passesFiles() ? table.file(number).lend(process.libc()) : number);
            }
            into.put(from);
            messages.add(new ControlMessage(each.level(), each.type(), into.array()));
            room += CONTROL_HEADER + each.data().length;
        }
        if (room > LARGEST_CONTROL) {
            throw new PosixException(Errno.ENOBUFS);
        }
        return messages;
    }

    private static boolean hasNumbers(ControlMessage message) {
        return message.passesFiles()
                || (message.level() == ControlMessage.SOL_SOCKET && message.type() == ControlMessage.SCM_CREDENTIALS);
    }

    // ---------------------------------------------------------------- receiving

    private PyObject receive(@Nullable PyObject[] a) {
        int descriptor = Values.integer(SocketMethods.required(a[0]));
        int flags = Values.integer(a[1], 0);
        int size = Values.integer(a[2], DATA);
        int room = Values.integer(a[3], CONTROL);
        if (room < 0 || room > SOCKLEN_MAX - CONTROL_HEADER - Long.BYTES) {
            throw Py.OverflowError("CMSG_SPACE(cmsg_size) greater than SOCKLEN_MAX: " + room);
        }
        if (size < 0) {
            throw Py.MemoryError("");
        }
        try {
            DescriptorTable table = process.descriptors();
            Socket file = socket(table, descriptor);
            while (true) {
                ByteBuffer into = room(file, size);
                SocketKernel.Message message = file.recvMessage(kernel(), into, flags, Math.min(room, LARGEST_CONTROL));
                if (message != null) {
                    return received(message, into);
                }
                await(table, file, Events.IN, flags);
            }
        } catch (PosixException e) {
            throw raised(e);
        }
    }

    /** Room for what can come in one call: a large request gets as much as there is to be read. */
    private ByteBuffer room(Socket file, int size) throws PosixException {
        if (size <= Bytes.CHUNK) {
            return Bytes.empty(size);
        }
        int there = file.available(kernel().files());
        return ByteBuffer.allocateDirect(Math.min(size, Math.max(Bytes.CHUNK, there)));
    }

    private PyObject received(SocketKernel.Message message, ByteBuffer into) throws PosixException {
        PyString data = Bytes.string(into);
        PyList ancillary = new PyList();
        int flags = message.flags();
        if (!ancillary(process, message.control(), ancillary)) {
            flags |= MSG_CTRUNC; // as the kernel says of descriptors that there is no room for
        }
        return new PyTuple(data, Py.newInteger(flags), ancillary);
    }

    /**
     * What came beside the bytes, as Python has it: tuples (level, type, data), and the numbers of descriptors are this
     * interpreter's. False when there was no number free for one, which is closed.
     */
    static boolean ancillary(PosixProcess process, List<ControlMessage> control, PyList into) throws PosixException {
        boolean whole = true;
        for (ControlMessage each : control) {
            if (each.level() == 0 && each.type() == 0) {
                continue; // as the C module: some platforms give one where there is none
            }
            ByteBuffer from = ByteBuffer.wrap(each.data()).order(ByteOrder.nativeOrder());
            ByteBuffer own = ByteBuffer.allocate(each.data().length).order(Bytes.STRUCT_ORDER);
            while (hasNumbers(each) && from.remaining() >= Integer.BYTES) {
                int number = from.getInt();
                if (!each.passesFiles()) {
                    own.putInt(number);
                } else {
                    whole &= passed(process, number, own);
                }
            }
            own.put(from);
            String text = new String(own.array(), 0, own.position(), StandardCharsets.ISO_8859_1);
            into.append(new PyTuple(Py.newInteger(each.level()), Py.newInteger(each.type()), new PyString(text)));
        }
        return whole;
    }

    /** Puts the number that a descriptor of the kernel's gets here; false, and it is closed, where none is free. */
    private static boolean passed(PosixProcess process, int number, ByteBuffer into) throws PosixException {
        try {
            into.putInt(process.receive(number));
            return true;
        } catch (PosixException e) {
            if (e.errno() == Errno.EMFILE) {
                return false;
            }
            throw e;
        }
    }
}
