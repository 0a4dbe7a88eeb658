"""How a worker tells the driver what happens: one line a record, fields parted by tabs.

Records: `has TEST` for each test found, then `start TEST`, `result TEST VERDICT DETAIL`, `stuck TEST PLACE`,
`broken DETAIL`, `end`.
A plain file, since it is the one channel that does not use what is being measured.
"""

import os

FIELD_LIMIT = 400


def one_line(text):
    """`text` as one line of at most FIELD_LIMIT characters that holds no tab."""
    if isinstance(text, bytes):
        text = text.decode('utf-8', 'replace')
    elif not isinstance(text, type(u'')):
        text = u'%s' % (text,)
    return u' '.join(text.split())[:FIELD_LIMIT]


class Journal(object):
    """Appends records to the file at `path`.  Any thread may write; a record is one `write` of the system."""

    def __init__(self, path):
        self._file = open(path, 'ab', 0)
        self._owner = os.getpid()

    def write(self, *fields):
        if os.getpid() != self._owner:
            # A child that a test forked and lost must not report in its parent's name.
            os._exit(99)
        line = u'\t'.join(one_line(field) for field in fields) + u'\n'
        self._file.write(line.encode('utf-8'))
        self._file.flush()
