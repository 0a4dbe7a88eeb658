"""time.tzset() says what CPython says."""

import subprocess
import sys
import unittest

from reference import cpython

PROGRAM = '''
import os, sys, time
for zone in sys.argv[1:]:
    os.environ['TZ'] = zone
    time.tzset()
    stamps = [86400.0 * 365.25 * 37 + 86400 * 7 * week for week in range(110)]
    print zone, time.timezone, time.altzone, time.daylight, time.tzname
    print [tuple(time.localtime(stamp)) for stamp in stamps]
    print [time.mktime(time.localtime(stamp)) == stamp for stamp in stamps]
del os.environ['TZ']
time.tzset()
print time.timezone, time.tzname
'''

# Without rules of their own, those who have summer time get glibc's, and so on; what glibc does not understand is UTC.
ZONES = ('UTC', 'UTC+00', 'EST+05EDT,M4.1.0,M10.5.0', 'CEST-01CEDT,M4.1.0,M10.5.0', 'CST+06', 'EST5EDT4,M3.2.0/3,M11.1.0',
         'AEST-10AEDT,M10.1.0,M4.1.0/3', '<+0330>-3:30', '<-03>3<-02>,M3.5.0/-2,M10.5.0/-1', 'XXX-2YYY,J60,J300/4:30',
         'America/New_York', ':Europe/Berlin', 'Asia/Tokyo', '')


class ZonesTest(unittest.TestCase):

    def test_as_on_cpython(self):
        ours, theirs = [subprocess.check_output([python, '-c', PROGRAM] + list(ZONES)).splitlines()
                        for python in (sys.executable, cpython())]
        for own, other in zip(ours, theirs):
            self.assertEqual(other, own)
        self.assertEqual(len(theirs), len(ours))


if __name__ == '__main__':
    unittest.main()
