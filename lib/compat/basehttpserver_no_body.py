"""BaseHTTPServer sends a Content-Type, and with 205 a body, where a response has none.

Responses with 1xx, 204 and 304 have no body (RFC 7230, 3.3), one with 205 neither (RFC 7231, 6.3.6).
A client that knows this takes the body for the start of the next response.

Evidence: test_httpservers BaseHTTPServerTestCase.test_send_error, test_head_via_send_error.
"""


def repair(BaseHTTPServer):
    quote = BaseHTTPServer._quote_html

    def send_error(self, code, message=None):
        """Sends an error response, with a page that explains it where a response may have one; logs it.

        The message is by default the code's own."""
        reason, explanation = self.responses.get(code, ('???', '???'))
        if message is None:
            message = reason
        self.log_error('code %d, message %s', code, message)
        self.send_response(code, message)
        self.send_header('Connection', 'close')
        has_body = code >= 200 and code not in (204, 205, 304)
        if has_body:
            self.send_header('Content-Type', self.error_content_type)
        self.end_headers()
        if has_body and self.command != 'HEAD':
            self.wfile.write(self.error_message_format
                             % {'code': code, 'message': quote(message), 'explain': explanation})

    BaseHTTPServer.BaseHTTPRequestHandler.send_error = send_error
