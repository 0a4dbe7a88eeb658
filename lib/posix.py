"""Jython's posix, with CPython's descriptors: small ints that sockets, pipes and files share."""

# _jython (Jython's own posix) and _ours (a dictionary) are here before the first line runs: see PythonModule.Posix.

__all__ = list(_jython.__all__)
for _name in __all__ + ['_exit', '_get_shell_commands', '_native_posix', '_posix_impl', '__doc__']:
    if hasattr(_jython, _name):
        globals()[_name] = getattr(_jython, _name)

__all__ += [_name for _name in _ours if _name not in globals() and not _name.startswith('_')]
globals().update(_ours)


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
