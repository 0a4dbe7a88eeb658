"""Twisted's tests find no link-local IPv6 address, since ctypes has neither cast nor ctypes.util.

They ask getifaddrs(3) through ctypes. The JDK asks it, too.

Evidence: from ctypes import cast; import ctypes.util.
"""

import socket

from java.net import Inet6Address, NetworkInterface


def is_faulty(test_tcp):
    try:
        import ctypes.util
        return not hasattr(ctypes, 'cast')
    except ImportError:
        return True


def repair(test_tcp):

    def getLinkLocalIPv6Addresses():
        """The link-local IPv6 addresses of this machine, with their scopes."""
        return ['%s%%%s' % (socket.inet_ntop(socket.AF_INET6, address.getAddress().tostring()), interface.getName())
                for interface in NetworkInterface.getNetworkInterfaces()
                for address in interface.getInetAddresses()
                if isinstance(address, Inet6Address) and address.isLinkLocalAddress()]

    test_tcp.getLinkLocalIPv6Addresses = getLinkLocalIPv6Addresses
