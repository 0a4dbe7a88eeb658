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

    def _limit(names, name, ask):
        if isinstance(name, str):
            if name not in names:
                raise ValueError('unrecognized configuration name')
            name = names[name]
        limit = ask(name)
        return -1 if limit == _kernel.NO_LIMIT else int(limit)

    def fpathconf(fd, name):
        """A limit of an open file by its name (one of pathconf_names) or number; -1 for none."""
        return _limit(pathconf_names, name, lambda number: _kernel.fpathconf(fd, number))

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

    # The numbers are glibc's (bits/confname.h).
    sysconf_names = {
        'SC_ARG_MAX': 0, 'SC_CHILD_MAX': 1, 'SC_CLK_TCK': 2, 'SC_NGROUPS_MAX': 3, 'SC_OPEN_MAX': 4,
        'SC_STREAM_MAX': 5, 'SC_TZNAME_MAX': 6, 'SC_JOB_CONTROL': 7, 'SC_SAVED_IDS': 8,
        'SC_REALTIME_SIGNALS': 9, 'SC_PRIORITY_SCHEDULING': 10, 'SC_TIMERS': 11, 'SC_ASYNCHRONOUS_IO': 12,
        'SC_PRIORITIZED_IO': 13, 'SC_SYNCHRONIZED_IO': 14, 'SC_FSYNC': 15, 'SC_MAPPED_FILES': 16,
        'SC_MEMLOCK': 17, 'SC_MEMLOCK_RANGE': 18, 'SC_MEMORY_PROTECTION': 19, 'SC_MESSAGE_PASSING': 20,
        'SC_SEMAPHORES': 21, 'SC_SHARED_MEMORY_OBJECTS': 22, 'SC_AIO_LISTIO_MAX': 23, 'SC_AIO_MAX': 24,
        'SC_AIO_PRIO_DELTA_MAX': 25, 'SC_DELAYTIMER_MAX': 26, 'SC_MQ_OPEN_MAX': 27, 'SC_MQ_PRIO_MAX': 28,
        'SC_VERSION': 29, 'SC_PAGESIZE': 30, 'SC_PAGE_SIZE': 30, 'SC_RTSIG_MAX': 31, 'SC_SEM_NSEMS_MAX': 32,
        'SC_SEM_VALUE_MAX': 33, 'SC_SIGQUEUE_MAX': 34, 'SC_TIMER_MAX': 35, 'SC_BC_BASE_MAX': 36,
        'SC_BC_DIM_MAX': 37, 'SC_BC_SCALE_MAX': 38, 'SC_BC_STRING_MAX': 39, 'SC_COLL_WEIGHTS_MAX': 40,
        'SC_EQUIV_CLASS_MAX': 41, 'SC_EXPR_NEST_MAX': 42, 'SC_LINE_MAX': 43, 'SC_RE_DUP_MAX': 44,
        'SC_CHARCLASS_NAME_MAX': 45, 'SC_2_VERSION': 46, 'SC_2_C_BIND': 47, 'SC_2_C_DEV': 48,
        'SC_2_FORT_DEV': 49, 'SC_2_FORT_RUN': 50, 'SC_2_SW_DEV': 51, 'SC_2_LOCALEDEF': 52, 'SC_PII': 53,
        'SC_PII_XTI': 54, 'SC_PII_SOCKET': 55, 'SC_PII_INTERNET': 56, 'SC_PII_OSI': 57, 'SC_POLL': 58,
        'SC_SELECT': 59, 'SC_IOV_MAX': 60, 'SC_UIO_MAXIOV': 60, 'SC_PII_INTERNET_STREAM': 61,
        'SC_PII_INTERNET_DGRAM': 62, 'SC_PII_OSI_COTS': 63, 'SC_PII_OSI_CLTS': 64, 'SC_PII_OSI_M': 65,
        'SC_T_IOV_MAX': 66, 'SC_THREADS': 67, 'SC_THREAD_SAFE_FUNCTIONS': 68, 'SC_GETGR_R_SIZE_MAX': 69,
        'SC_GETPW_R_SIZE_MAX': 70, 'SC_LOGIN_NAME_MAX': 71, 'SC_TTY_NAME_MAX': 72,
        'SC_THREAD_DESTRUCTOR_ITERATIONS': 73, 'SC_THREAD_KEYS_MAX': 74, 'SC_THREAD_STACK_MIN': 75,
        'SC_THREAD_THREADS_MAX': 76, 'SC_THREAD_ATTR_STACKADDR': 77, 'SC_THREAD_ATTR_STACKSIZE': 78,
        'SC_THREAD_PRIORITY_SCHEDULING': 79, 'SC_THREAD_PRIO_INHERIT': 80, 'SC_THREAD_PRIO_PROTECT': 81,
        'SC_THREAD_PROCESS_SHARED': 82, 'SC_NPROCESSORS_CONF': 83, 'SC_NPROCESSORS_ONLN': 84,
        'SC_PHYS_PAGES': 85, 'SC_AVPHYS_PAGES': 86, 'SC_ATEXIT_MAX': 87, 'SC_PASS_MAX': 88,
        'SC_XOPEN_VERSION': 89, 'SC_XOPEN_XCU_VERSION': 90, 'SC_XOPEN_UNIX': 91, 'SC_XOPEN_CRYPT': 92,
        'SC_XOPEN_ENH_I18N': 93, 'SC_XOPEN_SHM': 94, 'SC_2_CHAR_TERM': 95, 'SC_2_C_VERSION': 96, 'SC_2_UPE': 97,
        'SC_XOPEN_XPG2': 98, 'SC_XOPEN_XPG3': 99, 'SC_XOPEN_XPG4': 100, 'SC_CHAR_BIT': 101, 'SC_CHAR_MAX': 102,
        'SC_CHAR_MIN': 103, 'SC_INT_MAX': 104, 'SC_INT_MIN': 105, 'SC_LONG_BIT': 106, 'SC_WORD_BIT': 107,
        'SC_MB_LEN_MAX': 108, 'SC_NZERO': 109, 'SC_SSIZE_MAX': 110, 'SC_SCHAR_MAX': 111, 'SC_SCHAR_MIN': 112,
        'SC_SHRT_MAX': 113, 'SC_SHRT_MIN': 114, 'SC_UCHAR_MAX': 115, 'SC_UINT_MAX': 116, 'SC_ULONG_MAX': 117,
        'SC_USHRT_MAX': 118, 'SC_NL_ARGMAX': 119, 'SC_NL_LANGMAX': 120, 'SC_NL_MSGMAX': 121, 'SC_NL_NMAX': 122,
        'SC_NL_SETMAX': 123, 'SC_NL_TEXTMAX': 124, 'SC_XBS5_ILP32_OFF32': 125, 'SC_XBS5_ILP32_OFFBIG': 126,
        'SC_XBS5_LP64_OFF64': 127, 'SC_XBS5_LPBIG_OFFBIG': 128, 'SC_XOPEN_LEGACY': 129,
        'SC_XOPEN_REALTIME': 130, 'SC_XOPEN_REALTIME_THREADS': 131}

    class statvfs_result(tuple):
        """A file system's size and limits, as statvfs(3) has them: blocks of f_frsize bytes, and inodes."""

        __module__ = 'posix'
        __slots__ = ()
        _fields = ('f_bsize', 'f_frsize', 'f_blocks', 'f_bfree', 'f_bavail', 'f_files', 'f_ffree', 'f_favail',
                   'f_flag', 'f_namemax')
        n_fields = n_sequence_fields = len(_fields)
        n_unnamed_fields = 0

        def __new__(cls, sequence):
            try:
                numbers = tuple(sequence)
            except TypeError:
                raise TypeError('constructor requires a sequence')
            if len(numbers) != cls.n_fields:
                raise TypeError('posix.statvfs_result() takes a %d-sequence (%d-sequence given)'
                                % (cls.n_fields, len(numbers)))
            return tuple.__new__(cls, numbers)

        def __setattr__(self, name, value):
            if name in self._fields:
                raise TypeError('readonly attribute')
            raise AttributeError("'posix.statvfs_result' object has no attribute %r" % name)

        def __repr__(self):
            return 'posix.statvfs_result(%s)' % ', '.join(map('%s=%r'.__mod__, zip(self._fields, self)))

    for _place, _name in enumerate(statvfs_result._fields):
        setattr(statvfs_result, _name, property(lambda self, place=_place: self[place]))
    del _place

    def _system():
        # At the first use: few programs need it, and a Java class that Python imports costs a start.
        from org.euryale.jython import SystemFunctions
        return SystemFunctions

    def _whole(name):
        """A path as C has it, and from the root, since the JVM's working directory is not the program's."""
        if not isinstance(name, basestring):
            raise TypeError('coercing to Unicode: need string or buffer, %s found' % type(name).__name__)
        from os import path
        return path.abspath(name.encode('utf-8') if isinstance(name, unicode) else name)

    def _of_file(ask, name):
        try:
            return ask(_whole(name))
        except error as reason:  # noqa: F821 - Jython's
            raise error(reason.errno, reason.strerror, name)  # noqa: F821

    def _statvfs(struct):
        # What lies between is f_fsid.
        return statvfs_result([int(number) for number in list(struct[:8]) + list(struct[9:11])])

    def statvfs(path):
        """The size and the limits of the file system that a file is on."""
        return _of_file(lambda name: _statvfs(_system().statvfs(name)), path)

    def fstatvfs(fd):
        """The size and the limits of the file system that an open file is on."""
        return _statvfs(_system().fstatvfs(fd))

    def sysconf(name):
        """A limit of the system by its name (one of sysconf_names) or number; -1 for none."""
        return _limit(sysconf_names, name, lambda number: _system().sysconf(number))

    def pathconf(path, name):
        """A limit of a file by its name (one of pathconf_names) or number; -1 for none."""
        return _limit(pathconf_names, name, lambda number: _of_file(
            lambda whole: _system().pathconf(whole, number), path))

    def mkfifo(path, mode=0666):
        """Makes a named pipe."""
        _system().mkfifo(_whole(path), mode)

    def getpgid(pid):
        """The process group of a process; 0 is the calling one."""
        return int(_system().getpgid(pid))

    def setpgid(pid, pgrp):
        """Puts a process into a process group; 0 is the calling one, and a group of its own."""
        _system().setpgid(pid, pgrp)

    def getsid(pid):
        """The session of a process; 0 is the calling one."""
        return int(_system().getsid(pid))

    def killpg(pgid, sig):
        """Sends a signal to a process group."""
        _system().killpg(pgid, sig)

    def nice(inc):
        """Adds to the niceness; on Linux of the calling thread, and of what it starts from now on."""
        return int(_system().nice(inc))

    def getloadavg():
        """How many processes were running or wanted to, on average over 1, 5 and 15 minutes."""
        return _system().getloadavg()

    def wait4(pid, options):
        """(pid, status, resources used) of a child; see waitpid and resource.getrusage."""
        from resource import _rusage
        ended = _system().wait4(pid, options)
        return int(ended[0]), int(ended[1]), _rusage(ended[2:])

    def wait3(options):
        """(pid, status, resources used) of any child; see waitpid and resource.getrusage."""
        return wait4(-1, options)

    def makedev(major, minor):
        """The number of a device (makedev(3))."""
        return (major & 0xfff) << 8 | (major & ~0xfff) << 32 | minor & 0xff | (minor & ~0xff) << 12

    def major(device):
        """The major part of a device's number."""
        return int(device >> 8 & 0xfff | device >> 32 & 0xfffff000)

    def minor(device):
        """The minor part of a device's number."""
        return int(device & 0xff | device >> 12 & 0xffffff00)

    __all__ += ['sysconf_names', 'statvfs_result', 'statvfs', 'fstatvfs', 'sysconf', 'pathconf', 'mkfifo', 'getpgid',
                'setpgid', 'getsid', 'killpg', 'nice', 'getloadavg', 'wait3', 'wait4', 'makedev', 'major', 'minor']


def abort():
    """Ends the process, which is the whole JVM, with SIGABRT."""
    kill(getpid(), 6)  # noqa: F821 - Jython's


def tmpfile():
    """A file without a name, open for reading and writing; it is gone when it is closed."""
    from tempfile import mkstemp
    fd, name = mkstemp()
    unlink(name)  # noqa: F821 - Jython's
    return fdopen(fd, 'w+b')  # noqa: F821 - DescriptorFunctions


def _unused(function, directories=(), prefix=None):
    from os import path
    from tempfile import _get_candidate_names
    from warnings import warn
    warn('%s is a potential security risk to your program' % function, RuntimeWarning, 3)
    directory = next((each for each in directories if path.isdir(each)), '/tmp')
    for name in _get_candidate_names():
        name = path.join(directory, (prefix or 'file')[:5] + name)
        if not path.lexists(name):
            return name


def tempnam(dir=None, prefix=None):
    """A name that no file has yet, in the first of $TMPDIR, dir and /tmp that is a directory (tempnam(3)).

    Of the prefix five characters count. Another program can take the name first; tempfile makes files.
    """
    for place, given in (1, dir), (2, prefix):
        if not isinstance(given, (basestring, type(None))):
            raise TypeError('tempnam() argument %d must be string or None, not %s' % (place, type(given).__name__))
    from os import environ
    return _unused('tempnam', [environ.get('TMPDIR', ''), dir or ''], prefix)


def tmpnam():
    """A name in /tmp that no file has yet (tmpnam(3)). Another program can take it first; tempfile makes files."""
    return _unused('tmpnam')


__all__ += ['abort', 'tmpfile', 'tempnam', 'tmpnam']


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
