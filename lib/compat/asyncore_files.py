"""asyncore offers file_wrapper and file_dispatcher only where os.name is 'posix'.

With them a loop watches pipes and terminals beside its sockets, which descriptors allow here as well.

Evidence: test_asyncore FileWrapperTest; lib/tests/test_descriptors.py AsyncoreTest.
"""

import os


def repair(asyncore):
    import fcntl
    import socket

    class file_wrapper(object):
        """A descriptor with the methods of a socket that a dispatcher uses; it has a dup of its own."""

        def __init__(self, fd):
            self.fd = os.dup(fd)

        def recv(self, size, *flags):
            return os.read(self.fd, size)

        def send(self, data, *flags):
            return os.write(self.fd, data)

        read = recv
        write = send

        def getsockopt(self, level, option, size=None):
            """SO_ERROR is 0; files have no other option."""
            if (level, option, size) == (socket.SOL_SOCKET, socket.SO_ERROR, None):
                return 0
            raise NotImplementedError('Only asyncore specific behaviour implemented.')

        def close(self):
            """Closes; again does nothing, since the number may be another file's by then."""
            fd, self.fd = self.fd, -1
            if fd >= 0:
                os.close(fd)

        def fileno(self):
            return self.fd

    class file_dispatcher(asyncore.dispatcher):
        """A dispatcher of a file: a pipe, a terminal, a standard stream."""

        def __init__(self, fd, map=None):
            asyncore.dispatcher.__init__(self, None, map)
            self.connected = True
            if hasattr(fd, 'fileno'):
                fd = fd.fileno()
            self.set_file(fd)
            fcntl.fcntl(fd, fcntl.F_SETFL, fcntl.fcntl(fd, fcntl.F_GETFL) | os.O_NONBLOCK)

        def set_file(self, fd):
            self.socket = file_wrapper(fd)
            self._fileno = self.socket.fileno()
            self.add_channel()

    for kind in file_wrapper, file_dispatcher:
        kind.__module__ = asyncore.__name__
    asyncore.file_wrapper = file_wrapper
    asyncore.file_dispatcher = file_dispatcher
