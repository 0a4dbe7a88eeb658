"""ftplib sends a command that holds a line end, so that what follows it is a second command.

Whoever chooses a file's name then chooses commands as well. CPython 2.7.18 raises ValueError.

Evidence: test_ftplib TestFTPClass.test_exceptions.
"""


def repair(ftplib):
    putline = ftplib.FTP.putline

    def put_one_line(self, line):
        if '\r' in line or '\n' in line:
            raise ValueError('an illegal newline character should not be contained')
        putline(self, line)

    ftplib.FTP.putline = put_one_line
