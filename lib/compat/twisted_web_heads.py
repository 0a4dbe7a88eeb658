"""Twisted takes the head of a request apart, and puts that of an answer together, by some two hundred calls of Python.

A request without a body that has come whole, and an answer's head of plain bytes, are read and written in Java here. What
is not plain, and channels of a program's own, are Twisted's code's.

Evidence: bench/run twisted-web.
"""

import types

from org.euryale.jython import HttpHeads


def is_faulty(http):
    return isinstance(http.HTTPChannel.dataReceived.im_func, types.FunctionType)


def repair(http):
    channel, headers = http.HTTPChannel, http.Headers
    read, write = HttpHeads.reader(channel), HttpHeads.writer(headers._caseMappings)
    received, wrote = channel.dataReceived.im_func, channel.writeHeaders.im_func
    lines = http.basic.LineReceiver.dataReceived.im_func
    not_queued = http.INonQueuedRequestFactory

    def dataReceived(self, data):
        head = read(self, data)
        if head is None:
            return received(self, data)
        self._busyReceiving = True
        try:
            self.resetTimeout()
            make = self.requestFactory
            request = make(self) if not_queued.providedBy(make) else make(self, len(self.requests))
            self.requests.append(request)
            self._command, self._path, self._version, raw = head
            if type(request.requestHeaders) is headers:
                request.requestHeaders._rawHeaders.update(raw)
            else:
                for name, values in raw.items():
                    request.requestHeaders.setRawHeaders(name, values)
            self.allHeadersReceived()
            self.allContentReceived()
        finally:
            self._busyReceiving = False
        if self._buffer:        # what came while the request was answered
            lines(self, '')

    def writeHeaders(self, version, code, reason, headers):
        head = write(version, code, reason, headers)
        if head is None:
            wrote(self, version, code, reason, headers)
        else:
            self.transport.writeSequence([head])

    channel.dataReceived, channel.writeHeaders = dataReceived, writeHeaders
