"""Twisted's reserved file takes no descriptor: a file of Jython's gets its number when it is first asked for.

A listening port that finds none left (EMFILE) closes that file, to have one for the connection that it then closes.

Evidence: os.open() says the same before and after open(os.devnull).
"""

import os


def is_faulty(tcp):
    with open(os.devnull) as reserved:
        free = os.open(os.devnull, os.O_RDONLY)
        os.close(free)
        return reserved.fileno() == free


def repair(tcp):
    reservation = tcp._FileDescriptorReservation
    stock = reservation.__init__

    def numbered(factory):
        def reserve():
            reserved = factory()
            if isinstance(reserved, file):
                reserved.fileno()
            return reserved
        return reserve

    def __init__(self, fileFactory):
        stock(self, numbered(fileFactory))

    reservation.__init__ = __init__
    tcp._reservedFD._fileFactory = numbered(tcp._reservedFD._fileFactory)
