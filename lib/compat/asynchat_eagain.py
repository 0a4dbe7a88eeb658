"""asynchat closes a connection that only has nothing to read yet.

Jython's async_chat.handle_read gives every error of recv to handle_error, which closes; but a
readable socket may have nothing to read (select(2), BUGS; a checksum that was wrong, another reader
that was faster). CPython 2.7.18 goes on.

Evidence: test_asynchat TestAsynchatMocked.test_blockingioerror.
"""

import errno

NOTHING_YET = (errno.EAGAIN, errno.EWOULDBLOCK, errno.EALREADY, errno.EINPROGRESS)


def repair(asynchat):
    error = asynchat.socket.error
    prefix_at_end = asynchat.find_prefix_at_end

    def handle_read(self):
        """Reads once, and hands on all that is complete; an unfinished terminator waits."""
        try:
            received = self.recv(self.ac_in_buffer_size)
        except error as reason:
            if reason.args[0] not in NOTHING_YET:
                self.handle_error()
            return
        self.ac_in_buffer += received
        while self.ac_in_buffer:  # what is called here may change the buffer and the terminator
            waiting = self.ac_in_buffer
            terminator = self.get_terminator()
            counted = isinstance(terminator, (int, long))
            if not terminator:
                complete, end, after = False, len(waiting), len(waiting)
            elif counted:
                complete = len(waiting) >= terminator
                end = after = min(len(waiting), terminator)
            else:
                end = waiting.find(terminator)
                complete = end >= 0
                if complete:
                    after = end + len(terminator)
                else:
                    end = after = len(waiting) - prefix_at_end(waiting, terminator)
                    if end == 0:
                        return
            if end > 0:
                self.collect_incoming_data(waiting[:end])
            self.ac_in_buffer = self.ac_in_buffer[after:]
            if terminator and counted:
                self.terminator = 0 if complete else self.terminator - end
            if complete:
                self.found_terminator()

    asynchat.async_chat.handle_read = handle_read
