"""Jython's posix, with CPython's descriptors: small ints that sockets, pipes and files share."""

# Here before the first line runs (see PythonModule.Posix): _jython, which is Jython's own posix, _ours, a dictionary, and
# _kernel, calls of the C library, None where it is not Linux's.

__all__ = list(_jython.__all__)
for _name in __all__ + ['_exit', '_get_shell_commands', '_native_posix', '_posix_impl', '__doc__']:
    if hasattr(_jython, _name):
        globals()[_name] = getattr(_jython, _name)

__all__ += [_name for _name in _ours if _name not in globals() and not _name.startswith('_')]
globals().update(_ours)


if _kernel is not None:
    pathconf_names = {
        'PC_LINK_MAX': 0, 'PC_MAX_CANON': 1, 'PC_MAX_INPUT': 2, 'PC_NAME_MAX': 3, 'PC_PATH_MAX': 4, 'PC_PIPE_BUF': 5,
        'PC_CHOWN_RESTRICTED': 6, 'PC_NO_TRUNC': 7, 'PC_VDISABLE': 8, 'PC_SYNC_IO': 9, 'PC_ASYNC_IO': 10,
        'PC_PRIO_IO': 11, 'PC_SOCK_MAXBUF': 12, 'PC_FILESIZEBITS': 13}

    def fpathconf(fd, name):
        """A limit of an open file by its name (one of pathconf_names) or number; -1 for none."""
        if isinstance(name, str):
            if name not in pathconf_names:
                raise ValueError('unrecognized configuration name')
            name = pathconf_names[name]
        limit = _kernel.fpathconf(fd, name)
        return -1 if limit == _kernel.NO_LIMIT else int(limit)

    def fchmod(fd, mode):
        """Changes the permissions of an open file."""
        _kernel.fchmod(fd, mode)

    def fchown(fd, uid, gid):
        """Changes owner and group of an open file; -1 leaves one as it is."""
        _kernel.fchown(fd, uid, gid)

    def tcgetpgrp(fd):
        """The process group that a terminal belongs to."""
        return _kernel.tcgetpgrp(fd)

    def tcsetpgrp(fd, pgid):
        """Gives a terminal to a process group."""
        _kernel.tcsetpgrp(fd, pgid)

    def ttyname(fd):
        """The file name of a terminal."""
        return _kernel.ttyname(fd)

    def openpty():
        """A new pseudo-terminal: (descriptor of the master, descriptor of the slave)."""
        return _kernel.openpty()

    __all__ += ['pathconf_names', 'fpathconf', 'fchmod', 'fchown', 'tcgetpgrp', 'tcsetpgrp', 'ttyname', 'openpty']


def abort():
    """Ends the process, which is the whole JVM, with SIGABRT."""
    kill(getpid(), 6)  # noqa: F821 - Jython's


def tmpfile():
    """A file without a name, open for reading and writing; it is gone when it is closed."""
    from tempfile import mkstemp
    fd, name = mkstemp()
    unlink(name)  # noqa: F821 - Jython's
    return fdopen(fd, 'w+b')  # noqa: F821 - DescriptorFunctions


__all__ += ['tmpfile']


def WCOREDUMP(status):
    """Whether a process that a signal ended left a core file."""
    return bool(status & 0x80)


def WIFCONTINUED(status):
    """Whether a stopped process went on."""
    return status == 0xffff


def WIFSTOPPED(status):
    """Whether a process was stopped."""
    return status & 0xff == 0x7f


def WIFSIGNALED(status):
    """Whether a signal ended the process."""
    return 0 < status & 0x7f < 0x7f


def WIFEXITED(status):
    """Whether the process ended by itself."""
    return status & 0x7f == 0


def WEXITSTATUS(status):
    """The exit status of a process that ended by itself."""
    return status >> 8 & 0xff


def WSTOPSIG(status):
    """The signal that stopped a process."""
    return status >> 8 & 0xff


def WTERMSIG(status):
    """The signal that ended a process."""
    return status & 0x7f


__all__ += ['WCOREDUMP', 'WIFCONTINUED', 'WIFSTOPPED', 'WIFSIGNALED', 'WIFEXITED', 'WEXITSTATUS', 'WSTOPSIG',
            'WTERMSIG']
del _name, _ours
