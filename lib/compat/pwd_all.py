"""pwd.getpwall and grp.getgrall are empty the second time: the end of the database is never rewound.

Evidence: len(pwd.getpwall()), twice; twisted.python.test.test_fakepwd.
"""


def repair(module):
    name, rewind = ('getpwall', 'endpwent') if module.__name__ == 'pwd' else ('getgrall', 'endgrent')
    stock, rewound = getattr(module, name), getattr(module._posix_impl, rewind)

    def entries():
        try:
            return stock()
        finally:
            rewound()

    entries.__name__, entries.__doc__ = name, stock.__doc__
    setattr(module, name, entries)
