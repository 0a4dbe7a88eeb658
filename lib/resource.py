"""Limits and use of the process, which is the whole JVM (getrlimit(2), getrusage(2); Linux).

The JVM raises RLIMIT_NOFILE to its hard limit when it starts.
"""

import collections as _collections

from org.euryale.jython import ResourceFunctions as _functions

if not _functions.available():
    raise ImportError('resource needs Linux and a Jython that can call the C library')

RLIMIT_CPU, RLIMIT_FSIZE, RLIMIT_DATA, RLIMIT_STACK, RLIMIT_CORE, RLIMIT_RSS, RLIMIT_NPROC, RLIMIT_NOFILE = range(8)
RLIMIT_MEMLOCK, RLIMIT_AS = 8, 9
RLIMIT_OFILE = RLIMIT_NOFILE
RLIM_INFINITY = -1
RUSAGE_SELF, RUSAGE_CHILDREN = 0, -1

struct_rusage = _collections.namedtuple('struct_rusage', (
    'ru_utime ru_stime ru_maxrss ru_ixrss ru_idrss ru_isrss ru_minflt ru_majflt ru_nswap ru_inblock ru_oublock '
    'ru_msgsnd ru_msgrcv ru_nsignals ru_nvcsw ru_nivcsw'))


class error(Exception):
    """The system refused."""

    __module__ = 'resource'


def getrlimit(resource):
    """(soft, hard) limits of a resource; RLIM_INFINITY for none."""
    limits = _functions.limits(resource)
    if limits is None:
        raise ValueError('invalid resource specified')
    return int(limits[0]), int(limits[1])


def setrlimit(resource, limits):
    """Sets the (soft, hard) limits of a resource."""
    limits = tuple(limits)
    if len(limits) != 2:
        raise ValueError('expected a tuple of 2 integers')
    if not all(isinstance(limit, (int, long)) for limit in limits):
        raise TypeError('an integer is required')
    if not all(-1 << 63 <= limit < 1 << 63 for limit in limits):
        raise OverflowError('Python int too large to convert to C long')
    refused = _functions.limit(resource, *limits)
    if refused == 'EINVAL' and _functions.limits(resource) is not None:
        raise ValueError('current limit exceeds maximum limit')
    if refused == 'EPERM':
        raise ValueError('not allowed to raise maximum limit')
    if refused:
        raise ValueError('invalid resource specified')


def getrusage(who):
    """What RUSAGE_SELF or RUSAGE_CHILDREN used: times in seconds, ru_maxrss in KiB."""
    usage = _functions.usage(who)
    if usage is None:
        raise ValueError('invalid who parameter')
    return _rusage(usage)


def _rusage(usage):
    times = [usage[0] + usage[1] / 1e6, usage[2] + usage[3] / 1e6]
    return struct_rusage(*(times + [int(count) for count in usage[4:]]))


def getpagesize():
    """Bytes in a page of memory."""
    return _functions.pageSize()
