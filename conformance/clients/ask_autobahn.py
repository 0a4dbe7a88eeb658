"""CPython 3's `websockets` asks serve_autobahn.py; its loopback port."""

import asyncio
import sys
import unittest

import websockets

URL = f"ws://127.0.0.1:{sys.argv.pop()}"


class EchoTest(unittest.IsolatedAsyncioTestCase):

    def connect(self, **settings):
        return websockets.connect(URL, **{"max_size": None, "proxy": None, "open_timeout": 60, **settings})

    async def test_messages(self):
        async with self.connect() as peer:
            for message in "", "caf\xe9 \U0001f40d", b"", bytes(range(256)), "x" * 125, "x" * 126, b"x" * 65536:
                await peer.send(message)
                self.assertEqual(message, await peer.recv())

    async def test_much_with_and_without_compression(self):
        for compression in "deflate", None:
            async with self.connect(compression=compression) as peer:
                message = bytes(range(256)) * 4096
                await peer.send(message)
                self.assertTrue(await peer.recv() == message)

    async def test_fragments(self):
        async with self.connect() as peer:
            await peer.send(part for part in ["a", "caf\xe9", "", "z"])
            self.assertEqual("acaf\xe9z", await peer.recv())

    async def test_ping_and_the_end(self):
        async with self.connect() as peer:
            await asyncio.wait_for(await peer.ping(b"there?"), 60)
            await peer.close(4000, "enough")
        self.assertEqual((4000, "enough"), (peer.close_code, peer.close_reason))

    async def test_text_that_is_not_utf_8(self):
        async with self.connect(compression=None) as peer:
            await peer.send(b"\xff\xfe", text=True)
            with self.assertRaises(websockets.ConnectionClosedError):
                await peer.recv()
        self.assertEqual(1007, peer.close_code)

    async def test_many_at_once(self):
        async def talk(number):
            async with self.connect() as peer:
                for i in range(20):
                    await peer.send(f"{number} {i}")
                    self.assertEqual(f"{number} {i}", await peer.recv())

        await asyncio.gather(*map(talk, range(50)))


if __name__ == "__main__":
    unittest.main()
