"""SimpleHTTPServer drops a trailing slash, keeps parts like "c:foo", and redirects by the whole URL.

"/file/" gives the file instead of 404; a drive's letter leads out of the directory on Windows; a
directory asked for with a query is redirected for ever, since the slash is looked for behind the
query. CPython 2.7.18 looks at the path alone.

Evidence: test_httpservers SimpleHTTPRequestHandlerTestCase.test_windows_colon,
SimpleHTTPServerTestCase.test_get, test_path_without_leading_slash.
"""

import posixpath
import urllib


def repair(SimpleHTTPServer):
    os = SimpleHTTPServer.os
    handler = SimpleHTTPServer.SimpleHTTPRequestHandler
    send_head_of_path = handler.send_head

    def translate_path(self, path):
        """The local file of a URL's path, below the working directory; a trailing slash stays.

        Parts that are no plain name on this system are left out."""
        path = urllib.unquote(path.partition('?')[0].partition('#')[0])
        slash = '/' if path.rstrip().endswith('/') else ''
        local = os.getcwd()
        for part in posixpath.normpath(path).split('/'):
            if part and part not in (os.curdir, os.pardir) and not os.path.dirname(part):
                local = os.path.join(local, part)
        return local + slash

    def send_head(self):
        """Sends the status and the headers; the file to send then, or None if that was all."""
        asked = self.path
        path, mark, query = asked.partition('?')
        local = self.translate_path(path)
        is_directory = os.path.isdir(local)
        if is_directory and not path.endswith('/'):
            if path.startswith('//'):
                path = '/' + path.lstrip('/')  # two slashes would name another host (RFC 3986, 4.2)
            self.send_response(301)
            self.send_header('Location', path + '/' + mark + query)
            self.end_headers()
            return None
        if local.endswith('/') and not is_directory:
            self.send_error(404, 'File not found')
            return None
        self.path = path
        try:
            return send_head_of_path(self)
        finally:
            self.path = asked

    handler.translate_path = translate_path
    handler.send_head = send_head
