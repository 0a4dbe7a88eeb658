"""xml.sax tells of the default namespace with the prefix '' where CPython's parser says None.

A handler that writes the names again makes xmlns:="..." of it, which is no XML.

Evidence: startPrefixMapping for '<a xmlns="urn:b"/>'; twisted.web.test.test_template FlattenIntegrationTests.
"""


def repair(drv_javasax):
    parser = drv_javasax.JavaSAXParser
    starts, ends = parser.startPrefixMapping, parser.endPrefixMapping

    def startPrefixMapping(self, prefix, uri):
        starts(self, prefix or None, uri)

    def endPrefixMapping(self, prefix):
        ends(self, prefix or None)

    parser.startPrefixMapping = startPrefixMapping
    parser.endPrefixMapping = endPrefixMapping
