"""Handshakes over ssl in which one flight is changed on its way: whatever comes, calls answer as CPython's, and all is closed.

    ./euryale -m unittest discover -s lib/tests -p test_ssl_fuzz.py

EURYALE_FUZZ_SECONDS says for how long, EURYALE_FUZZ_SEED runs one case again.
"""

import errno
import os
import random
import socket
import ssl
import time
import unittest

import certificates

SECONDS = float(os.environ.get('EURYALE_FUZZ_SECONDS', 5))
ONE = os.environ.get('EURYALE_FUZZ_SEED')

# A call that takes longer for a few kilobytes would hold a reactor.
LONGEST = 5
TURNS = 2000
HUNG_UP = (errno.EPIPE, errno.ECONNRESET)


def changed(data, dice):
    """The bytes with a piece flipped, overwritten, lost, doubled, moved or cut off."""
    at = dice.randrange(len(data))
    end = min(len(data), at + 1 + dice.randrange(64))
    noise = ''.join(chr(dice.randrange(256)) for _ in range(end - at))
    return dice.choice((
        data[:at] + chr(ord(data[at]) ^ 1 << dice.randrange(8)) + data[at + 1:],
        data[:at] + noise + data[end:],
        data[:at] + data[end:],
        data[:end] + data[at:],
        data[at:] + data[:at],
        data[:at],
        noise + data,
        data[:3] + '\xff\xff' + data[5:]))


class End(object):
    """One end: shakes hands, says hello and reads, never waiting, until it has got what the other said or hears why not."""

    def __init__(self, sock):
        self.sock, self.over, self.got, self.longest = sock, None, '', 0
        self.does = self.shake

    def shake(self):
        self.sock.do_handshake()
        self.does = self.say

    def say(self):
        self.sock.send('hello')
        self.does = self.read

    def read(self):
        data = self.sock.recv(100)
        self.got += data
        if not data or self.got == 'hello':
            self.over = 'end'

    def turn(self):
        """Whether something was done."""
        if self.over:
            return False
        start = time.time()
        before = self.does
        try:
            self.does()
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return False
        except ssl.SSLError as e:
            self.over = e
        except socket.error as e:
            if e.errno not in HUNG_UP:
                raise
            self.over = e
        finally:
            self.longest = max(self.longest, time.time() - start)
        return self.over is not None or self.does != before


class FuzzTest(unittest.TestCase):

    def contexts(self, version):
        server = ssl.SSLContext(version)
        server.load_cert_chain(certificates.pair())
        client = ssl.SSLContext(version)
        client.load_verify_locations(certificates.authority())
        client.verify_mode = ssl.CERT_REQUIRED
        return client, server

    def case(self, contexts, seed):
        dice = random.Random(seed)
        victim = dice.randrange(5)
        near, far = ([socket.socket(_sock=end) for end in socket.socketpair()] for _ in range(2))
        for each in near + far:
            each.setblocking(False)
        client = End(contexts[0].wrap_socket(near[0], do_handshake_on_connect=False))
        server = End(contexts[1].wrap_socket(far[0], server_side=True, do_handshake_on_connect=False))
        wire = [near[1], far[1]]
        try:
            self.carry((client, server), wire, victim, dice)
            for end in client, server:
                self.assertIsNotNone(end.over)
                self.assertLess(end.longest, LONGEST)
                self.assertIn(end.got, ('', 'hello'))
                self.seen.add(type(end.over).__name__)
        finally:
            for each in [client.sock, server.sock] + wire:
                each.close()

    def carry(self, ends, wire, victim, dice):
        flights, waiting = 0, ['', '']
        for _ in range(TURNS):
            moved = [end.turn() for end in ends]
            for side in 0, 1:
                try:
                    data = wire[side].recv(1 << 16)
                except socket.error as e:
                    if e.errno != errno.EAGAIN and e.errno not in HUNG_UP:
                        raise
                    data = ''
                if data:
                    if flights == victim:
                        data = changed(data, dice)
                    flights += 1
                    waiting[1 - side] += data
                piece = waiting[side][:dice.randrange(1, 3000)]
                waiting[side] = waiting[side][len(piece):]
                try:
                    wire[side].sendall(piece)
                except socket.error as e:
                    if e.errno not in HUNG_UP:
                        raise
                moved.append(bool(data or piece))
            if all(end.over for end in ends):
                return
            if not any(moved):
                # Each waits for the other: a peer that hangs up without a word.
                for each in wire:
                    each.shutdown(socket.SHUT_RDWR)
        self.fail('it goes on for ever')

    def cases(self, version):
        contexts, self.seen = self.contexts(version), set()
        self.case(contexts, 0)
        before = len(os.listdir('/proc/self/fd'))
        end = time.time() + SECONDS / 2
        seed = int(ONE or 1)
        while True:
            try:
                self.case(contexts, seed)
            except BaseException:
                print 'EURYALE_FUZZ_SEED=%d' % seed
                raise
            if ONE or time.time() > end:
                break
            seed += 1
        if 'EURYALE_FUZZ_SECONDS' in os.environ:
            print '%d cases' % seed
        # Some are changed where it does no harm, most are refused.
        self.assertTrue(ONE or self.seen >= {'str', 'SSLError'}, self.seen)
        self.assertLessEqual(len(os.listdir('/proc/self/fd')), before + 4)

    def test_tls_1_2(self):
        self.cases(ssl.PROTOCOL_TLSv1_2)

    def test_the_newest(self):
        self.cases(ssl.PROTOCOL_TLS)


if __name__ == '__main__':
    unittest.main()
