"""Packages are where Jython's site and distutils have them.

Jython's sysconfig says lib/jython for everything, where nothing ever is; pip asks it which packages are
the site's.

Evidence: sysconfig.get_path('purelib') is lib/jython; lib/tests/test_compat.py SysconfigTest.
"""


def repair(module):
    import os
    library = os.path.dirname(os.__file__).replace('{', '{{').replace('}', '}}')
    module._INSTALL_SCHEMES['java'].update(
        stdlib=library, platstdlib=library,
        purelib='{base}/Lib/site-packages', platlib='{platbase}/Lib/site-packages')
