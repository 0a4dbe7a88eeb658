"""Twisted packs what it tells the kernel, and unpacks what that says, in the machine's byte order: Jython's struct is big-endian.

These are requests of ioctl(2) for tunnels, and the events of inotify(7).

Evidence: import struct; struct.pack('H', 1) is '\\x00\\x01' on any machine; twisted.pair.tuntap.TuntapPort.
"""

import struct

from java.nio import ByteOrder


def is_faulty(module):
    return module.struct is struct and ByteOrder.nativeOrder() is ByteOrder.LITTLE_ENDIAN


def native(format):
    return format if format[0] in '<>!' else '<' + format.lstrip('@=')


def repair(module):

    class Native(object):
        """The module struct, for the machine's own byte order."""

        @staticmethod
        def pack(format, *values):
            return struct.pack(native(format), *values)

        @staticmethod
        def unpack(format, data):
            return struct.unpack(native(format), data)

    module.struct = Native
