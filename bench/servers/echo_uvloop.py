"""An echo server on asyncio's protocols over uvloop, in Python 3."""
import asyncio
import os

import uvloop


class Echo(asyncio.Protocol):

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.transport.write(data)


async def serve():
    server = await asyncio.get_running_loop().create_server(Echo, '127.0.0.1', 0, backlog=4096)
    print(f'PORT {server.sockets[0].getsockname()[1]} PID {os.getpid()}', flush=True)
    await server.serve_forever()


uvloop.run(serve())
