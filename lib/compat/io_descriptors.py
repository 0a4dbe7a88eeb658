"""io.open and io.FileIO take ints, and fileno() is one.

On stock Jython a descriptor is a Java object, and io knows no other. Here the ints of the one table
for sockets, pipes and files are handed to it, see FileObjects.java.

Evidence: test_fileio; lib/tests/test_descriptors.py FilesTest.
"""


def repair(module):
    from org.euryale.jython import IoFunctions
    IoFunctions.into(module.__dict__)
