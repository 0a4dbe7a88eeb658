"""DocXMLRPCServer puts the server's title into its page as it is.

A title with markup in it is run by the browser (CVE-2019-16935). CPython 2.7.18 escapes it.

Evidence: test_docxmlrpc DocXMLRPCHTTPGETServer.test_server_title_escape.
"""

import cgi


def repair(DocXMLRPCServer):
    page = DocXMLRPCServer.ServerHTMLDoc.page

    def escaped_page(self, title, contents):
        """The page, as HTML, of these contents, which are HTML already."""
        return page(self, cgi.escape(title, True).replace("'", '&#x27;'), contents)

    DocXMLRPCServer.ServerHTMLDoc.page = escaped_page
