"""The shadow password database, /etc/shadow (shadow(5)), which only root may read. Other sources are not asked."""

import collections as _collections

_FIELDS = 'sp_nam sp_pwd sp_lstchg sp_min sp_max sp_warn sp_inact sp_expire sp_flag'
_FILE = '/etc/shadow'


class struct_spwd(_collections.namedtuple('struct_spwd', _FIELDS)):
    """An entry, made from a sequence of its fields."""

    __slots__ = ()

    def __new__(cls, fields):
        return cls._make(fields)


def _entry(line):
    fields = line.rstrip('\n').split(':')
    numbers = [int(field) if field else -1 for field in fields[2:9]]
    return struct_spwd(fields[:2] + numbers)


def getspall():
    """All entries, days as numbers and -1 where there is none."""
    with open(_FILE) as database:
        return [_entry(line) for line in database if line.count(':') == 8]


def getspnam(name):
    """The entry of a user; KeyError if there is none, or where the database cannot be read."""
    try:
        entries = getspall()
    except IOError:
        entries = []
    for entry in entries:
        if entry.sp_nam == name:
            return entry
    raise KeyError('getspnam(): name not found')
