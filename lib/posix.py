"""Jython's posix, with CPython's descriptors: small ints that sockets, pipes and files share."""

# Here before the first line runs (see PythonModule.Posix): _jython, which is Jython's own posix, _plain (PlainFunction.java),
# _ours, a dictionary, and _kernel and _credentials, calls of the C library, None where it is not Linux's.

__all__ = list(_jython.__all__)
for _name in __all__ + ['_exit', '_get_shell_commands', '_native_posix', '_posix_impl', '__doc__']:
    if hasattr(_jython, _name):
        globals()[_name] = _plain(getattr(_jython, _name))

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


__all__ += ['abort', 'tmpfile']


def rename(old, new):
    """Renames a file or directory; what new names is replaced. Jython's error has no number."""
    try:
        _jython.rename(old, new)
    except error as reason:  # noqa: F821 - Jython's
        if reason.args[0]:
            raise
        _refused(old, new)


def symlink(source, link):
    """Makes a symbolic link that points to source. Jython's forgets that the working directory was changed."""
    from os import path
    try:
        _jython.symlink(source, path.abspath(link))
    except error as reason:  # noqa: F821 - Jython's
        if reason.errno:
            raise
        _refused(None, link)


def _refused(old, new):
    """Raises the error for which the system most likely did not make new from old; the JDK does not tell."""
    import errno
    from os import path
    folder = path.dirname(path.abspath(new))
    if old is not None and not path.lexists(old) or not path.lexists(folder):
        number = errno.ENOENT
    elif not path.isdir(folder):
        number = errno.ENOTDIR
    elif path.isdir(new):
        number = errno.ENOTEMPTY if path.isdir(old) else errno.EISDIR
    elif path.isdir(old) and path.lexists(new):
        number = errno.ENOTDIR
    else:
        number = errno.EACCES
    raise error(number, strerror(number))  # noqa: F821 - Jython's


if _credentials is not None:

    def _done(number):
        if number:
            raise error(number, strerror(number))  # noqa: F821 - Jython's

    def _id(number, what):
        # As the C int that has its bits; -1 is C's (uid_t)-1, which leaves one as it is.
        if isinstance(number, float):
            raise TypeError('integer argument expected, got float')
        if not isinstance(number, (int, long)):
            raise TypeError('an integer is required')
        if number < -1:
            raise OverflowError(what + ' id is less than minimum')
        if number >= 1 << 32:
            raise OverflowError(what + ' id is greater than maximum')
        return int(number - (1 << 32) if number >= 1 << 31 else number)

    def setuid(uid):
        """Sets the user of the process, all three where it may."""
        _done(_credentials.setuid(_id(uid, 'user')))

    def setgid(gid):
        """Sets the group of the process, all three where it may."""
        _done(_credentials.setgid(_id(gid, 'group')))

    def seteuid(uid):
        """Sets the effective user of the process."""
        _done(_credentials.seteuid(_id(uid, 'user')))

    def setegid(gid):
        """Sets the effective group of the process."""
        _done(_credentials.setegid(_id(gid, 'group')))

    def setreuid(ruid, euid):
        """Sets the real and the effective user of the process; -1 leaves one as it is."""
        _done(_credentials.setreuid(_id(ruid, 'user'), _id(euid, 'user')))

    def setregid(rgid, egid):
        """Sets the real and the effective group of the process; -1 leaves one as it is."""
        _done(_credentials.setregid(_id(rgid, 'group'), _id(egid, 'group')))

    def getgroups():
        """The supplementary groups of the process."""
        return [int(group & 0xffffffff) for group in _credentials.getgroups()]

    def setgroups(groups):
        """Sets the supplementary groups of the process."""
        if not hasattr(groups, '__getitem__'):
            raise TypeError('setgroups argument must be a sequence')
        if not all(isinstance(group, (int, long)) for group in groups):
            raise TypeError('groups must be integers')
        _done(_credentials.setgroups([_id(group, 'group') for group in groups]))

    def initgroups(username, gid):
        """Gives the process the supplementary groups of a user, and one more."""
        _done(_credentials.initgroups(username, _id(gid, 'group')))

    def chroot(path):
        """Makes a directory the root of the process; what the JVM has not loaded yet has to be below it."""
        from os import path as names
        _done(_credentials.chroot(names.abspath(path)))

    __all__ += ['setuid', 'setgid', 'seteuid', 'setegid', 'setreuid', 'setregid', 'getgroups', 'setgroups',
                'initgroups', 'chroot']


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


__all__ += ['rename', 'symlink', 'WCOREDUMP', 'WIFCONTINUED', 'WIFSTOPPED', 'WIFSIGNALED', 'WIFEXITED', 'WEXITSTATUS',
            'WSTOPSIG', 'WTERMSIG']
del _name, _ours, _plain
