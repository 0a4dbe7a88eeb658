"""Time zones as the environment variable TZ has them, for time.tzset()."""

import os
import re

from java.lang import IllegalArgumentException
from java.util import Calendar, Locale, SimpleTimeZone, TimeZone

_NAME = r'([A-Za-z]{3,}|<[A-Za-z0-9+-]+>)'
_OFFSET = r'([+-]?\d{1,3}(?::\d\d){0,2})'
_DATE = r'(J\d{1,3}|\d{1,3}|M(?:1[0-2]|0?[1-9])\.[1-5]\.[0-6])(?:/%s)?' % _OFFSET
_ZONE = re.compile('%s%s(?:%s%s?(?:,%s,%s)?)?$' % (_NAME, _OFFSET, _NAME, _OFFSET, _DATE, _DATE))
_RULES = 'M3.2.0', 'M11.1.0'        # glibc's, where none are given
_SWITCH = '2'
_MONTHS = 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
_LAST = 5
_DAY = 86400
_WEEKDAYS = (Calendar.SUNDAY, Calendar.MONDAY, Calendar.TUESDAY, Calendar.WEDNESDAY, Calendar.THURSDAY, Calendar.FRIDAY,
             Calendar.SATURDAY)

_atStart = TimeZone.getDefault()


def _seconds(text):
    """POSIX's hh[:mm[:ss]], with a sign or without."""
    sign = -1 if text.startswith('-') else 1
    parts = [int(part) for part in text.lstrip('+-').split(':')] + [0, 0]
    return sign * (parts[0] * 3600 + parts[1] * 60 + parts[2])


def _date(text, time):
    """When summer time begins or ends, as SimpleTimeZone takes it: month from 0, day, day of the week, milliseconds.

    A time may be before or after its day ('M3.5.0/-2'), which SimpleTimeZone's are not: it is then another day's."""
    days, seconds = divmod(_seconds(time), _DAY)
    if text.startswith('M'):
        month, week, weekday = [int(part) for part in text[1:].split('.')]
        length = _MONTHS[month - 1]
        day = (length - 6 if week == _LAST else week * 7 - 6) + days
        if not 1 <= day <= length - 6 and not (week == _LAST and days == 0):
            raise ValueError('a day of another month')
        weekday = _WEEKDAYS[(weekday + days) % 7]
        if week == _LAST and days == 0:
            return month - 1, -1, weekday, seconds * 1000
        return month - 1, day, -weekday, seconds * 1000         # the first such day from there on
    # The days of a year without February 29, which J counts; without J they are counted from 0, and in a leap year
    # SimpleTimeZone would be a day late.
    day = (int(text[1:]) if text.startswith('J') else int(text) + 1) + days
    month = 0
    while day > _MONTHS[month]:
        day -= _MONTHS[month]
        month += 1
    return month, day, 0, seconds * 1000


def _zone(text):
    """(a zone, its names) for POSIX's form; None where the text has another."""
    found = _ZONE.match(text)
    if found is None:
        return None
    name, offset, summer, summerOffset, start, startTime, end, endTime = found.groups()
    raw = -_seconds(offset)
    name = name.strip('<>')
    if summer is None:
        return SimpleTimeZone(raw * 1000, name), (name, name)
    saving = 3600 if summerOffset is None else -_seconds(summerOffset) - raw
    try:
        first, last = _date(start or _RULES[0], startTime or _SWITCH), _date(end or _RULES[1], endTime or _SWITCH)
        zone = SimpleTimeZone(raw * 1000, name, *(first + last + (saving * 1000,)))
    except (IndexError, ValueError, IllegalArgumentException):
        return None
    return zone, (name, summer.strip('<>'))


def _named(name):
    """(a zone, its names) of the time zone database; UTC for one that is not there, as glibc has it."""
    zone = TimeZone.getTimeZone(name if name in TimeZone.getAvailableIDs() else 'UTC')
    names = tuple(str(zone.getDisplayName(summer, TimeZone.SHORT, Locale.ENGLISH)) for summer in (False, True))
    return zone, names if zone.useDaylightTime() else (names[0], names[0])


def set():
    """Makes TZ's zone the JVM's; (timezone, altzone, daylight, tzname) as the module time has them."""
    text = os.environ.get('TZ')
    if text is None:
        zone, names = _named(_atStart.getID())
    else:
        zone, names = _zone(text.lstrip(':')) or _named(text.lstrip(':') or 'UTC')
    TimeZone.setDefault(zone)
    offset = -zone.getRawOffset() // 1000
    return offset, offset - zone.getDSTSavings() // 1000, int(zone.useDaylightTime()), names
