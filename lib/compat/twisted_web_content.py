"""twisted.web asks each request's site for `getContentFile`, which few have, by an AttributeError with all of Java's frames.

Here it is asked for without.

Evidence: JFR's jdk.JavaExceptionThrow on a server of pages has one for each request, and no other.
"""

from twisted.web import http


def is_faulty(server):
    return server.Request.gotLength.im_func.__module__ == server.__name__


def repair(server):
    twisteds = server.Request.gotLength.im_func

    def gotLength(self, length):
        if getattr(getattr(self.channel, 'site', None), 'getContentFile', None) is None:
            http.Request.gotLength(self, length)
        else:
            twisteds(self, length)

    server.Request.gotLength = gotLength
