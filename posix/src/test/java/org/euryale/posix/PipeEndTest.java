package org.euryale.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.euryale.posix.Failures.errnoOf;
import static org.euryale.posix.TestProcess.bytes;

import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** pipe(7), poll(2). */
@Timeout(60)
class PipeEndTest {
    private static final int ALL = Events.IN | Events.OUT;

    @RegisterExtension
    final TestProcess process = new TestProcess();

    private final DescriptorTable table = process.table();
    private int read;
    private int write;

    @BeforeEach
    void open() throws PosixException {
        PipeEnd.Ends ends = PipeEnd.open();
        read = table.add(ends.read());
        write = table.add(ends.write());
    }

    private String readSome(int size) throws PosixException {
        ByteBuffer into = ByteBuffer.allocate(size);
        int count = table.file(read).read(into);
        return count < 0 ? "would block" : new String(into.array(), 0, count, StandardCharsets.US_ASCII);
    }

    private int poll(int descriptor) throws PosixException {
        Poll poll = new Poll(table);
        poll.register(descriptor, ALL);
        int[] found = new int[1];
        poll.poll(0, (number, events) -> found[0] = events);
        return found[0];
    }

    @Test
    void whatIsWrittenIsReadInOrder() throws Exception {
        assertThat(table.file(write).write(bytes("one"))).isEqualTo(3);
        assertThat(table.file(write).write(bytes("two"))).isEqualTo(3);

        assertThat(readSome(4)).isEqualTo("onet");
        assertThat(readSome(9)).isEqualTo("wo");
        assertThat(readSome(9)).isEqualTo("would block");
    }

    @Test
    void aFullPipeTakesPartAndThenNothing() throws Exception {
        ByteBuffer much = ByteBuffer.allocate(1 << 20);

        assertThat(table.file(write).write(much)).isBetween(1, much.capacity() - 1);
        assertThat(table.file(write).write(much)).isEqualTo(OpenFile.WOULD_BLOCK);
        assertThat(poll(write)).isZero();
    }

    @Test
    void readyIsWhatPollSays() throws Exception {
        assertThat(poll(read)).isZero();
        assertThat(poll(write)).isEqualTo(Events.OUT);

        table.file(write).write(bytes("x"));
        assertThat(poll(read)).isEqualTo(Events.IN);
    }

    @Test
    void withoutWritersTheRestIsReadableAndThenOnlyHungUp() throws Exception {
        table.file(write).write(bytes("x"));
        table.close(write);

        assertThat(poll(read)).isEqualTo(Events.IN | Events.HUP);
        assertThat(readSome(9)).isEqualTo("x");
        assertThat(poll(read)).isEqualTo(Events.HUP);
        assertThat(readSome(9)).isEmpty();
    }

    @Test
    void theEndWakesAWaitThatAsksForIt() throws Exception {
        PollerPool pollers = table.pollers();
        OpenFile end = table.file(read);
        TestProcess.Running<Boolean> waiting = process.start(() -> pollers.await(end, Events.IN, -1));
        waiting.whenWaiting();

        table.close(write);

        assertThat(waiting.result()).isTrue();
    }

    @Test
    void withoutReadersAWriterIsInErrorAndWritingIsEPIPE() throws Exception {
        table.close(read);

        assertThat(poll(write)).isEqualTo(Events.OUT | Events.ERR);
        assertThat(errnoOf(() -> table.file(write).write(bytes("x")))).isEqualTo(Errno.EPIPE);
    }

    @Test
    void eachEndHasOneDirection() {
        assertThat(errnoOf(() -> table.file(write).read(ByteBuffer.allocate(1))))
                .isEqualTo(Errno.EBADF);
        assertThat(errnoOf(() -> table.file(read).write(bytes("x")))).isEqualTo(Errno.EBADF);
    }

    @Test
    void aPipeHasNoPositionAndNoLength() throws Exception {
        assertThat(errnoOf(() -> table.file(read).seek(0, Whence.CURRENT))).isEqualTo(Errno.ESPIPE);
        assertThat(errnoOf(() -> table.file(write).truncate(0))).isEqualTo(Errno.EINVAL);
        assertThat(table.file(read).status().type()).isEqualTo(FileStatus.S_IFIFO);
    }

    /** What the other end's closing here means when a child process has it too, only the kernel knows. */
    @Test
    void anEndWhoseOtherIsLentAsksTheKernel() throws Exception {
        int[] holds = {0};
        Kernel kernel = (Kernel) Proxy.newProxyInstance(
                Kernel.class.getClassLoader(),
                new Class<?>[] {Kernel.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "number" -> 7;
                    case "poll" -> holds[0];
                    case "blocking" -> null;
                    default -> throw new UnsupportedOperationException(method.getName());
                });
        assertThat(table.file(write).lend(kernel)).isEqualTo(7);
        assertThat(table.file(write).write(bytes("x")))
                .as("a write that would wait")
                .isEqualTo(OpenFile.WOULD_BLOCK);
        table.close(write);

        holds[0] = Events.IN | Events.HUP; // the child has written, which nobody counted here
        assertThat(poll(read)).isEqualTo(Events.IN | Events.HUP);
    }
}
