"""An HTTPS server on CPython 3's ssl; its port, the file of its certificate and key, and whom clients' are of.

GET answers a line that tells who the client is, GET /large 5 MB in chunks, GET /end a page that the connection's end is the
end of, without close_notify; POST answers the length of what was sent."""

import ssl
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path == "/large":
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for _ in range(50):
                self.wfile.write(b"186a0\r\n" + b"x" * 100_000 + b"\r\n")
            self.wfile.write(b"0\r\n\r\n")
            return
        if self.path == "/end":
            self.send_response(200)
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(b"x" * 100_000)
            return
        certificate = self.connection.getpeercert()
        subject = certificate["subject"] if certificate else []
        names = [name for rdn in subject for key, name in rdn if key == "commonName"]
        self.answer(f"{self.connection.version()} {names or 'nobody'}")

    def do_POST(self):
        left = int(self.headers["Content-Length"])
        length = left
        while left:
            left -= len(self.rfile.read(min(left, 65536)))
        self.answer(str(length))

    def answer(self, text):
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    port, pair, authority = sys.argv[1:]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair)
    context.load_verify_locations(authority)
    context.verify_mode = ssl.CERT_OPTIONAL
    server = ThreadingHTTPServer(("127.0.0.1", int(port)), Handler)
    # The handshake is the thread's that serves, so that a client that turns away ends nothing else.
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.serve_forever()
