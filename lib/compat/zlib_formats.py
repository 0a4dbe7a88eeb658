"""zlib reads and writes gzip's format (wbits above 15) wrongly, and reads none where the format is to be found out.

A compressobj for gzip puts its header before each piece, and none before what flush gives; a decompressobj takes a
gzip header for any wbits but zlib's, so that a header in two pieces with a file name, raw data that begin like one, or
a trailer in two pieces go wrong; wbits above 31, and decompress() for gzip, raise "incorrect header check". The text of
an error lacks zlib's number. Here the formats are read as RFC 1950 to 1952 have them, over the same Inflater.

A compressobj takes every window for one of 32 KiB, since the JDK's Deflater has no other: who reads with the smaller
one that was agreed on (permessage-deflate of WebSocket) meets distances too far back. Here the Deflater forgets what
came before whenever a window is full, but for its second half, which costs some of the compression.

Evidence: zlib.decompressobj(47).decompress(gzip data); c = zlib.compressobj(6, 8, 31), then c.compress twice; 512
random bytes twice, which zlib.compressobj(6, 8, -9) makes no shorter.
"""

import binascii
import struct

from jarray import zeros
from java.util.zip import Adler32, DataFormatException, Inflater

CHUNK = 16384  # bytes that go through the Inflater at once

GZIP_MAGIC = '\x1f\x8b'
FHCRC, FEXTRA, FNAME, FCOMMENT, RESERVED = 2, 4, 8, 16, 0xe0
DEFLATED = 8
TRAILER = struct.Struct('<II')  # the CRC-32 and the length of what was compressed, modulo 2**32
CHECKSUM = struct.Struct('>q')   # Adler-32, in its last four bytes


def is_faulty(zlib):
    sample = zlib.compressobj(6, DEFLATED, 31)
    pieces = [sample.compress(''), sample.compress(''), sample.flush()]
    return ''.join(pieces).count(GZIP_MAGIC) != 1


def is_format(wbits):
    """Whether wbits say a format to read: the window's bits, 0 for what the header says, with 16 or 32 added."""
    return -15 <= wbits <= -8 or wbits < 48 and (wbits & 15 == 0 or wbits & 8) and wbits >= 0


def gzip_header(data, error):
    """How long the gzip header is with which the data begin; None if it is not all there."""
    if not data.startswith(GZIP_MAGIC[:len(data)]):
        raise error('Error -3 while decompressing: incorrect header check')
    if len(data) < 10:
        return None
    if ord(data[2]) != DEFLATED:
        raise error('Error -3 while decompressing: unknown compression method')
    flags = ord(data[3])
    if flags & RESERVED:
        raise error('Error -3 while decompressing: unknown header flags set')
    end = 10
    if flags & FEXTRA:
        if len(data) < end + 2:
            return None
        end += 2 + struct.unpack('<H', data[end:end + 2])[0]
    for flag in FNAME, FCOMMENT:
        if flags & flag:
            end = data.find('\0', end) + 1
            if end == 0:
                return None
    if flags & FHCRC:
        if len(data) < end + 2:
            return None
        if struct.unpack('<H', data[end:end + 2])[0] != binascii.crc32(data[:end]) & 0xffff:
            raise error('Error -3 while decompressing: header crc mismatch')
        end += 2
    return end if len(data) >= end else None


def repair(zlib):
    error, to_bytes = zlib.error, zlib._to_input

    class decompressobj(object):
        """Decompresses a stream piece by piece; wbits says its format.

        -15 to -8 are raw data, 0 and 8 to 15 zlib's format, 16 and 24 to 31 gzip's, 32 and 40 to 47 whichever of
        these two comes."""

        def __init__(self, wbits=zlib.MAX_WBITS):
            if not is_format(wbits):
                raise ValueError('Invalid initialization option')
            self.unused_data = self.unconsumed_tail = ''
            self._waiting = ''  # the beginning of a header or of a trailer
            self._is_gzip = 16 <= wbits < 32
            self._inflater = Inflater(wbits < 0) if wbits < 16 else None  # else its header says which
            self._ended = False
            self._buffer = None
            self._crc = self._length = 0

        def decompress(self, data, max_length=0):
            """What the data decompress to, at most max_length bytes if that is not 0.

            unconsumed_tail then has the data that are left, unused_data those after the end of the stream."""
            if max_length < 0:
                raise ValueError('max_length must be greater than zero')
            data = str(to_bytes(data))
            self.unconsumed_tail = ''
            if self._ended:
                self.unused_data += data
                return ''
            if self._inflater is None:
                data = self._begun(data)
                if self._inflater is None:
                    return ''
            if self._inflater.finished():
                self._trailer(data)
                return ''
            self._inflater.setInput(data)
            result = self._inflated(max_length)
            left = self._inflater.getRemaining()
            rest = data[len(data) - left:] if left else ''
            if self._is_gzip:
                self._crc = binascii.crc32(result, self._crc)
                self._length += len(result)
            if self._inflater.finished():
                self._trailer(rest)
            else:
                self.unconsumed_tail = rest
            return result

        def flush(self, length=CHUNK):
            """What is left to decompress."""
            if length <= 0:
                raise ValueError('length must be greater than zero')
            return self.decompress(self.unconsumed_tail) if self.unconsumed_tail else ''

        def _begun(self, data):
            """Makes the Inflater when the header is complete; what is behind it, or all of zlib's format."""
            self._waiting += data
            data = self._waiting
            if not self._is_gzip and len(data) >= 2 and not data.startswith(GZIP_MAGIC):
                self._inflater, self._waiting = Inflater(False), ''
                return data
            if not self._is_gzip and len(data) < 2:
                return ''
            self._is_gzip = True
            end = gzip_header(data, error)
            if end is None:
                return ''
            self._inflater, self._waiting = Inflater(True), ''
            return data[end:]

        def _inflated(self, max_length):
            inflater, pieces, total = self._inflater, [], 0
            if self._buffer is None:
                self._buffer = zeros(CHUNK, 'b')
            while not inflater.finished():
                try:
                    count = inflater.inflate(self._buffer, 0, min(CHUNK, max_length - total) if max_length else CHUNK)
                except DataFormatException as reason:
                    raise error('Error -3 while decompressing: %s' % reason.getMessage())
                if count == 0:
                    if inflater.needsDictionary():
                        raise error('Error 2 while decompressing')
                    break
                pieces.append((self._buffer if count == CHUNK else self._buffer[:count]).tostring())
                total += count
                if max_length and total == max_length:
                    break
            return ''.join(pieces)

        def _trailer(self, data):
            """Takes what comes after the compressed data."""
            if self._is_gzip:
                self._waiting += data
                if len(self._waiting) < TRAILER.size:
                    return
                crc, length = TRAILER.unpack(self._waiting[:TRAILER.size])
                data, self._waiting = self._waiting[TRAILER.size:], ''
                if crc != self._crc & 0xffffffff:
                    raise error('Error -3 while decompressing: incorrect data check')
                if length != self._length & 0xffffffff:
                    raise error('Error -3 while decompressing: incorrect length check')
            self.unused_data = data
            self._ended = True
            self._inflater.end()

    def decompress(string, wbits=zlib.MAX_WBITS, bufsize=CHUNK):
        """What the string decompresses to; wbits as for decompressobj. What follows the stream is left out."""
        if not is_format(wbits):
            raise error('Error -2 while preparing to decompress data: inconsistent stream state')
        stream = decompressobj(wbits)
        try:
            result = stream.decompress(string)
        except error as reason:  # zlib.decompress says it so
            raise error(str(reason).replace('decompressing', 'decompressing data', 1))
        if not stream._ended:
            raise error('Error -5 while decompressing data: incomplete or truncated stream')
        return result

    stock = zlib.compressobj

    class narrow_compressobj(object):
        """Compresses into raw data of which none goes back further than a window of 2**bits bytes."""

        def __init__(self, level, method, bits, memory, strategy):
            self._raw = stock(level, method, -zlib.MAX_WBITS, memory, strategy)
            self._free = 1 << bits
            self._half = self._free // 2
            self._last = ''  # of what was compressed, up to half a window

        def compress(self, string):
            string = str(to_bytes(string))
            pieces, begin = [], 0
            while begin < len(string):
                if self._free == 0:
                    pieces.append(self._raw.flush(zlib.Z_FULL_FLUSH))  # no match goes back beyond it
                    self._raw.deflater.setDictionary(self._last)  # the reader has these bytes right before what comes
                    self._free = self._half
                piece = string[begin:begin + self._free]
                pieces.append(self._raw.compress(piece))
                self._last = (self._last + piece)[-self._half:]
                self._free -= len(piece)
                begin += len(piece)
            return ''.join(pieces)

        def flush(self, mode=zlib.Z_FINISH):
            return self._raw.flush(mode)

    def raw_compressobj(level, method, bits, memory, strategy):
        if bits == zlib.MAX_WBITS:
            return stock(level, method, -bits, memory, strategy)
        return narrow_compressobj(level, method, bits, memory, strategy)

    class framed_compressobj(object):
        """Compresses into raw data between a header and a trailer, which tells what was compressed."""

        def compress(self, string):
            string = str(to_bytes(string))
            self._note(string)
            return self._begun(self._raw.compress(string))

        def flush(self, mode=zlib.Z_FINISH):
            rest = self._begun(self._raw.flush(mode))
            if mode == zlib.Z_FINISH:
                rest += self._trailer()
            return rest

        def _begun(self, data):
            header, self._header = self._header, ''
            return header + data

    class zlib_compressobj(framed_compressobj):
        """Compresses into zlib's format, with a window below the largest."""

        def __init__(self, level, method, bits, memory, strategy):
            bits = max(bits, 9)  # as zlib has it
            self._raw = narrow_compressobj(level, method, bits, memory, strategy)
            effort = 2 if level == zlib.Z_DEFAULT_COMPRESSION else (0, 0, 1, 1, 1, 1, 2, 3, 3, 3)[level]
            header = (bits - 8 << 4 | DEFLATED) << 8 | (0 if strategy >= zlib.Z_HUFFMAN_ONLY else effort) << 6
            self._header = struct.pack('>H', header + 31 - header % 31)
            self._adler = Adler32()

        def _note(self, string):
            self._adler.update(string)

        def _trailer(self):
            return CHECKSUM.pack(self._adler.getValue())[4:]

    class gzip_compressobj(framed_compressobj):
        """Compresses into gzip's format."""

        def __init__(self, level, method, bits, memory, strategy):
            self._raw = raw_compressobj(level, method, max(bits, 9), memory, strategy)
            extra = {1: '\4', 9: '\2'}.get(level, '\0')
            self._header = GZIP_MAGIC + '\x08\0\0\0\0\0' + extra + '\3'  # no name, no time; 3 is Unix
            self._crc = self._length = 0

        def _note(self, string):
            self._crc = binascii.crc32(string, self._crc)
            self._length += len(string)

        def _trailer(self):
            return TRAILER.pack(self._crc & 0xffffffff, self._length & 0xffffffff)

    def compressobj(level=zlib.Z_DEFAULT_COMPRESSION, method=DEFLATED, wbits=zlib.MAX_WBITS, memLevel=8,
                    strategy=zlib.Z_DEFAULT_STRATEGY):
        """An object that compresses piece by piece: wbits -15 to -9 into raw data, 8 to 15 into zlib's format, 24
        to 31 into gzip's."""
        if 24 <= wbits <= 31:
            return gzip_compressobj(level, method, wbits - 16, memLevel, strategy)
        if wbits == zlib.MAX_WBITS:
            return stock(level, method, wbits, memLevel, strategy)
        if 8 <= wbits < zlib.MAX_WBITS:
            return zlib_compressobj(level, method, wbits, memLevel, strategy)
        if not -15 <= wbits <= -9:
            raise ValueError('Invalid initialization option')
        return raw_compressobj(level, method, -wbits, memLevel, strategy)

    zlib.decompressobj = decompressobj
    zlib.decompress = decompress
    zlib.compressobj = compressobj
