"""A file of twisted.web's is read and written in pieces of 64 KiB, each copied five times on its way through the JVM's heap.

After the headers it goes from the kernel's cache to the socket here (sendfile(2)), where nothing is to see
the bytes: the request, its channel and the transport are Twisted's and Euryale's own, without TLS, without a coding.

Evidence: bench/run twisted-file.
"""

import os

from twisted.web import http, server


def is_faulty(static):
    return static.NoRangeStaticProducer.resumeProducing.im_func.__module__ == static.__name__


def repair(static):
    _mend(static.NoRangeStaticProducer, lambda producer: None)
    _mend(static.SingleRangeStaticProducer, _left)


def _mend(producer_class, left_of):
    resume = producer_class.resumeProducing.im_func

    def resumeProducing(self):
        request = self.request
        # What was written is on its way; Twisted's own code comes next, when there is room again.
        if not (request and _is_plain(request) and _write_rest(self, request, left_of(self))):
            resume(self)

    producer_class.resumeProducing = resumeProducing


def _left(producer):
    return producer.size - producer.bytesWritten


_WRITES = http.Request.write.im_func, server.Request.write.im_func


def _is_plain(request):
    """Whether what the request writes is what its transport writes."""
    write = getattr(request.__class__, 'write', None)
    if getattr(write, 'im_func', None) not in _WRITES or 'write' in vars(request):
        return False        # A request of the program's, which may have no channel at all.
    channel = request.channel
    return (getattr(request, '_encoder', None) is None and not getattr(request, '_inFakeHead', False)
            and not request.chunked and not request.finished and not request._disconnected
            and channel.__class__ is http.HTTPChannel and 'write' not in vars(channel)
            # Not by the object, which may be a protocol that has its transport's attributes as its own.
            and hasattr(type(channel.transport), '_writeFile'))


def _write_rest(producer, request, most):
    """Writes what is left of the file, or `most` bytes of it, and says so; False if that cannot be done, or does not pay."""
    opened = producer.fileObject
    if type(opened) is not file or opened.closed or 'b' not in opened.mode:
        return False
    position = opened.tell()
    count = os.fstat(opened.fileno()).st_size - position
    if most is not None:
        count = min(most, count)
    if count <= producer.bufferSize:
        return False
    if not request.startedWriting:
        request.write(b'')      # the headers, which may say that the answer is chunked, or has no body
        if not _is_plain(request):
            return False
    if not request.channel.transport._writeFile(opened.fileno(), position, count):
        return False
    opened.seek(position + count)
    request.sentLength += count
    if most is not None:
        producer.bytesWritten += count
    return True
