"""twistd says which reactors EURYALE_REACTOR can name, without the frames in which Twisted found that out.

The error is twisted_default_reactor.py's, a ValueError to whoever imports the reactor.

Evidence: EURYALE_REACTOR=foo twistd -n web ends in a traceback.
"""

import sys

from java.lang import System


def is_faulty(app):
    return System.getProperty('euryale.reactor') is not None


def repair(app):
    original = app.run

    def run(runApp, ServerOptions):
        """Runs what a command line says."""
        try:
            original(runApp, ServerOptions)
        except ValueError as error:
            if not str(error).startswith('EURYALE_REACTOR is '):
                raise
            sys.exit('twistd: %s' % error)

    app.run = run
