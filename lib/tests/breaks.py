"""What tests of broken connections share: where TLS is cut, and how."""

import socket
import struct


def places(flights):
    """Where a record begins, in its header, and in the middle of its data."""
    at = 0
    while at < len(flights):
        size = struct.unpack('>H', flights[at + 3:at + 5])[0]
        for place in at, at + 3, at + 5 + size // 2:
            yield place
        at += 5 + size


def hang_up(sock):
    """Ends its side of the connection."""
    sock.shutdown(socket.SHUT_WR)


def reset(sock):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    sock.close()
