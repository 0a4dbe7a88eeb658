"""Compiles the Python modules of a directory into classes of the package org.euryale.lib.

    java org.python.util.jython build/compile_lib.py LIB CLASSES

LIB/a/b.py becomes CLASSES/org/euryale/lib/a/b$py.class, so that a start-up compiles nothing and
every interpreter of a JVM runs the same class. The source goes beside it, for tracebacks and
inspect. Run by the build, on Jython.
"""

import os
import shutil
import sys

from java.io import ByteArrayOutputStream, FileOutputStream
from org.python.compiler import Module
from org.python.core import CompileMode, CompilerFlags, ParserFacade
from org.python.core.imp import NO_MTIME

PACKAGE = 'org/euryale/lib'


def compile_module(source, name, target):
    filename = '<euryale>/%s.py' % name
    with open(source) as f:
        flags = CompilerFlags()
        tree = ParserFacade.parse(f.read(), CompileMode.exec, filename, flags)
    out = ByteArrayOutputStream()
    Module.compile(tree, out, '%s/%s$py' % (PACKAGE, name), filename, True, False, flags, NO_MTIME)
    class_file = FileOutputStream(target + '$py.class')
    try:
        out.writeTo(class_file)
    finally:
        class_file.close()
    shutil.copyfile(source, target + '.py')


def main(lib, classes):
    for directory, subdirectories, files in os.walk(lib):
        if 'tests' in subdirectories:
            subdirectories.remove('tests')
        for file_name in sorted(files):
            base, extension = os.path.splitext(file_name)
            if extension == '.py':
                source = os.path.join(directory, file_name)
                name = os.path.relpath(os.path.splitext(source)[0], lib).replace(os.sep, '/')
                target = os.path.join(classes, PACKAGE, name)
                if not os.path.isdir(os.path.dirname(target)):
                    os.makedirs(os.path.dirname(target))
                compile_module(source, name, target)


main(*sys.argv[1:])
