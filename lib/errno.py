"""The platform's error numbers, and the names by which Windows programs know them.

Programs that see os.name == 'java' look for errno.WSAEWOULDBLOCK and its kin, as on other systems
that are not POSIX by name (Twisted, asyncore's descendants). Here they are the platform's own
numbers. errorcode names each number by its POSIX name.
"""

from org.python.modules import errno as _platform

for _name in dir(_platform):
    if _name.isupper():
        globals()[_name] = getattr(_platform, _name)

errorcode = dict(_platform.errorcode)

for _name in ('EINTR EBADF EACCES EFAULT EINVAL EMFILE EWOULDBLOCK EINPROGRESS EALREADY ENOTSOCK '
              'EDESTADDRREQ EMSGSIZE EPROTOTYPE ENOPROTOOPT EPROTONOSUPPORT ESOCKTNOSUPPORT '
              'EOPNOTSUPP EPFNOSUPPORT EAFNOSUPPORT EADDRINUSE EADDRNOTAVAIL ENETDOWN ENETUNREACH '
              'ENETRESET ECONNABORTED ECONNRESET ENOBUFS EISCONN ENOTCONN ESHUTDOWN ETOOMANYREFS '
              'ETIMEDOUT ECONNREFUSED ELOOP ENAMETOOLONG EHOSTDOWN EHOSTUNREACH ENOTEMPTY EUSERS '
              'EDQUOT ESTALE EREMOTE').split():
    if _name in globals():
        globals()['WSA' + _name] = globals()[_name]

strerror = _platform.strerror  # Jython's own, deprecated there in favour of os.strerror

del _name, _platform
