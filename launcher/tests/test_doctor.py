"""euryale doctor: a line a check, and what it says where something is wrong.

    python3 -m unittest discover -s launcher/tests -p test_doctor.py
"""

import os
import re
import resource
import subprocess
import unittest

CHECKOUT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
EURYALE = os.path.join(CHECKOUT, 'euryale')
SECONDS = 300
LINE = re.compile(r'(ok   |warn |fault)  (\w+) +(\S.*)$')


class DoctorTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        subprocess.run([EURYALE, '-c', ''], check=True, timeout=SECONDS)

    def asked(self, descriptors=None, **env):
        """(exit status, [(level, check, text)])."""
        def limit():
            if descriptors:
                resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))

        result = subprocess.run([EURYALE, 'doctor'], capture_output=True, text=True, timeout=SECONDS, preexec_fn=limit,
                                stdin=subprocess.DEVNULL, env={**os.environ, **env})
        self.assertIn(result.stderr, ('', 'WARNING: java.io.tmpdir directory does not exist\n'))  # as Java 25 says
        lines = []
        for line in result.stdout.splitlines():
            match = LINE.match(line)
            self.assertTrue(match, line)
            lines.append((match[1].strip(), match[2], match[3]))
        return result.returncode, lines

    def said(self, lines, level, check, *words):
        texts = [text for other, name, text in lines if (other, name) == (level, check)]
        self.assertTrue(any(all(word in text for word in words) for text in texts), lines)

    def test_all_is_well(self):
        status, lines = self.asked(LC_ALL='C.UTF-8')
        self.assertEqual(0, status, lines)
        self.assertEqual([], [line for line in lines if line[0] == 'fault'])
        self.said(lines, 'ok', 'jdk', 'Java ')
        self.said(lines, 'ok', 'locale', 'UTF-8')
        self.said(lines, 'ok', 'libc')
        self.said(lines, 'ok', 'descriptors', 'in use')
        self.said(lines, 'ok', 'loopback', '127.0.0.1 answers')
        self.said(lines, 'ok', 'sockets', 'java.nio')
        self.said(lines, 'ok', 'core', 'prepared')
        self.said(lines, 'ok', 'modules', "in place of Jython's: ", 'cPickle, ', 'gc, ', 'errno, ', 'posix, ', 'socket, ')
        self.said(lines, 'ok', 'modules', 'that Jython lacks: ', 'fcntl, ', 'OpenSSL, ')
        self.said(lines, 'ok', 'archive', '.jsa')
        self.said(lines, 'ok', 'repairs', 'asynchat: asynchat_eagain')
        self.said(lines, 'ok', 'repairs', 'twisted.python.runtime, where', 'twisted_known_platforms, twisted_linux')

    def test_mends_of_the_core(self):
        """Those that docs/jython-faults.md tells of, each by its name."""
        with open(os.path.join(CHECKOUT, 'docs', 'jython-faults.md')) as f:
            rows = [row.split(' | ') for row in f.read().split('What the prepared core mends')[1].splitlines()
                    if row.startswith('| `')]
        documented = {name for row in rows for name in re.findall(r'`(\w+)`', row[2].split(', which asks')[0])}
        _, lines = self.asked()
        listed = [text for level, check, text in lines if check == 'core' and text.startswith('mended: ')]
        self.assertEqual([', '.join(sorted(documented))], [text[len('mended: '):] for text in listed])

    def test_what_works_with_less(self):
        status, lines = self.asked(512, LC_ALL='', LC_CTYPE='', LANG='en_US.ISO-8859-1',
                                   EURYALE_ARCHIVE='off', EURYALE_SOCKETS='stock',
                                   EURYALE_JAVA_OPTS='-Djava.io.tmpdir=/nowhere -Dsun.jnu.encoding=ANSI_X3.4-1968')
        self.assertEqual(0, status, lines)
        self.said(lines, 'warn', 'locale', 'LC_ALL=C.UTF-8')
        self.said(lines, 'warn', 'limits', '512 descriptors', 'ulimit -Hn')
        self.said(lines, 'warn', 'sockets', 'unset EURYALE_SOCKETS')
        self.assertNotIn('modules', [check for _, check, _ in lines])
        self.said(lines, 'warn', 'archive', 'none (EURYALE_ARCHIVE is off)')
        self.said(lines, 'warn', 'repairs', 'none')
        self.said(lines, 'warn', 'temporary', '/nowhere cannot be written')

    def test_archive_that_is_not_taken(self):
        _, lines = self.asked(EURYALE_JAVA_OPTS='-Xshare:off')
        self.said(lines, 'warn', 'archive', 'does not fit')

    def test_library_that_is_missing(self):
        status, lines = self.asked(EURYALE_JAVA_OPTS='-Dpython.home=/nowhere')
        self.assertEqual(1, status, lines)
        self.said(lines, 'fault', 'library', 'os cannot be imported', "Lib is not at /nowhere")


if __name__ == '__main__':
    unittest.main()
