"""Terminals (termios(3)), for the descriptors of terminals and pseudo-terminals. Linux."""

import struct as _struct

from org.euryale.jython import KernelFunctions as _functions

if not _functions.available():
    raise ImportError('termios needs Linux and a Jython that can call the C library')

_functions.constants(globals())


class error(Exception):
    """The system refused."""

    __module__ = 'termios'


# struct termios in the kernel's byte order: flags, line, control characters, speeds.
_LAYOUT = '<4IB32s3x2I'
_CONTROLS = 32


def _number(fd):
    number = fd if isinstance(fd, (int, long)) else fd.fileno()
    if number < 0:
        raise ValueError('file descriptor cannot be a negative integer (%d)' % number)
    return number


def _call(function, *arguments):
    try:
        return function(*arguments)
    except OSError as refused:
        raise error(*refused.args)


def tcgetattr(fd):
    """[iflag, oflag, cflag, lflag, ispeed, ospeed, cc], cc a list of characters (VMIN and VTIME: ints)."""
    data = _call(_functions.tcgetattr, _number(fd)).tostring()
    iflag, oflag, cflag, lflag, _, controls, ispeed, ospeed = _struct.unpack(_LAYOUT, data)
    cc = list(controls)
    if not lflag & ICANON:
        cc[VMIN], cc[VTIME] = ord(cc[VMIN]), ord(cc[VTIME])
    return [int(flag) for flag in (iflag, oflag, cflag, lflag, ispeed, ospeed)] + [cc]


def tcsetattr(fd, when, attributes):
    """Sets what tcgetattr tells, TCSANOW, after output (TCSADRAIN), or without the input (TCSAFLUSH)."""
    if not isinstance(attributes, list) or len(attributes) != 7:
        raise TypeError('tcsetattr, arg 3: must be 7 element list')
    iflag, oflag, cflag, lflag, ispeed, ospeed, cc = attributes
    if not isinstance(cc, list) or len(cc) != _CONTROLS:
        raise TypeError('tcsetattr: attributes[6] must be %d element list' % _CONTROLS)
    controls = ''
    for character in cc:
        if isinstance(character, str) and len(character) == 1:
            controls += character
        elif isinstance(character, (int, long)):
            controls += chr(character & 0xff)
        else:
            raise TypeError('tcsetattr: elements of attributes must be characters or integers')
    fd = _number(fd)
    line = _call(_functions.tcgetattr, fd).tostring()[16]
    flags = [flag & 0xffffffff for flag in (iflag, oflag, cflag, lflag)]
    data = _struct.pack(_LAYOUT, *(flags + [ord(line), controls, ispeed, ospeed]))
    _call(_functions.tcsetattr, fd, when, data)


def tcsendbreak(fd, duration):
    """Sends a break of 0.25 to 0.5 seconds."""
    _call(_functions.tcsendbreak, _number(fd), duration)


def tcdrain(fd):
    """Returns when all that was written has gone out."""
    _call(_functions.tcdrain, _number(fd))


def tcflush(fd, queue):
    """Throws away input (TCIFLUSH), output (TCOFLUSH) or both (TCIOFLUSH)."""
    _call(_functions.tcflush, _number(fd), queue)


def tcflow(fd, action):
    """Stops and starts: TCOOFF, TCOON, TCIOFF, TCION."""
    _call(_functions.tcflow, _number(fd), action)
