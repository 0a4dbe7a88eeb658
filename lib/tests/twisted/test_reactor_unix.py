"""UNIX connections of euryale.reactor: their bytes, and the descriptors beside them.

    PYTHONPATH=$(conformance/twisted/run --site) ./euryale -m unittest discover -s lib/tests/twisted
"""

import os
import shutil
import tempfile
import unittest

from twisted.internet import error, interfaces
from twisted.internet.protocol import ClientFactory, Factory, Protocol
from zope.interface import implementer

from reactors import ReactorTest


@implementer(interfaces.IFileDescriptorReceiver)
class Receiver(Protocol):
    """Notes descriptors and bytes in their order, and why it ended."""

    def __init__(self):
        self.got, self.reason = [], None

    def fileDescriptorReceived(self, descriptor):
        self.got.append(descriptor)

    def dataReceived(self, data):
        self.got.append(data)

    def connectionLost(self, reason):
        self.reason = reason.value


class UnixTest(ReactorTest):

    def setUp(self):
        ReactorTest.setUp(self)
        directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, directory)
        self.path = os.path.join(directory, 'socket')

    def pair(self):
        """The two ends of a connection."""
        server, client = Receiver(), Receiver()
        factory = Factory()
        factory.buildProtocol = lambda address: server
        port = self.reactor.listenUNIX(self.path, factory)
        self.addCleanup(port.stopListening)
        connecting = ClientFactory()
        connecting.buildProtocol = lambda address: client
        self.reactor.connectUNIX(self.path, connecting)
        self.until(lambda: server.connected and client.connected)
        for end in server, client:
            self.addCleanup(end.transport.abortConnection)
        return server, client

    def pipe(self):
        """A pipe's ends, whose numbers are closed in the end whoever had them."""
        ends = os.pipe()
        for end in ends:
            self.addCleanup(os.close, end)
        return ends

    def test_the_hot_methods_are_java(self):
        for end in self.pair():
            self.assertTrue(interfaces.IUNIXTransport.providedBy(end.transport))
            for name in 'write', 'loseConnection', 'sendFileDescriptor':
                self.assertFalse(hasattr(getattr(end.transport, name), 'im_func'), name)

    def test_bytes_both_ways(self):
        server, client = self.pair()
        client.transport.write('there')
        self.until(lambda: server.got)
        server.transport.writeSequence(['and ', 'back'])
        self.until(lambda: client.got)
        client.transport.loseConnection()
        self.until(lambda: server.reason and client.reason)
        self.assertEqual((['there'], ['and back']), (server.got, client.got))
        self.assertIsInstance(server.reason, error.ConnectionDone)

    def test_descriptors_come_before_their_bytes(self):
        server, client = self.pair()
        read, write = self.pipe()
        client.transport.sendFileDescriptor(read)
        client.transport.sendFileDescriptor(write)
        client.transport.write('three')
        self.until(lambda: ''.join(each for each in server.got if isinstance(each, str)) == 'three')
        self.assertEqual([int, str, int, str], [type(each) for each in server.got[:4]])
        reader, writer = server.got[0], server.got[2]
        os.write(writer, 'through')
        self.assertEqual('through', os.read(read, 10))
        os.close(reader)
        os.close(writer)

    def test_more_descriptors_than_bytes_are_an_error(self):
        server, client = self.pair()
        read, write = self.pipe()
        client.transport.sendFileDescriptor(read)
        client.transport.sendFileDescriptor(write)
        client.transport.write('x')
        self.until(lambda: client.reason)
        self.assertIsInstance(client.reason, error.FileDescriptorOverrun)

    def test_many_pause_the_producer(self):
        paused = []

        class Producer(object):
            def pauseProducing(self):
                paused.append(True)

            def resumeProducing(self):
                paused.append(False)

            def stopProducing(self):
                pass

        server, client = self.pair()
        read = self.pipe()[0]
        client.transport.registerProducer(Producer(), True)
        client.transport.write('x' * 65)
        for _ in range(65):
            client.transport.sendFileDescriptor(read)
        self.assertEqual([True], paused)
        self.until(lambda: len(server.got) >= 130)
        self.assertEqual([True, False], paused)
        client.transport.unregisterProducer()
        for each in server.got:
            if isinstance(each, int):
                os.close(each)


if __name__ == '__main__':
    unittest.main()
