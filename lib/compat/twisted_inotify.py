"""Twisted unpacks the kernel's events of inotify(7) in the machine's byte order, which to Jython's struct is big-endian.

Evidence: import struct; struct.pack('=L', 1) is '\\x00\\x00\\x00\\x01' on any machine.
"""

import struct

from java.nio import ByteOrder


def is_faulty(inotify):
    return inotify.struct is struct and ByteOrder.nativeOrder() is ByteOrder.LITTLE_ENDIAN


def repair(inotify):

    class Native(object):
        """The module struct, for the machine's own byte order."""

        @staticmethod
        def unpack(format, data):
            return struct.unpack(format.replace('=', '<'), data)

    inotify.struct = Native
