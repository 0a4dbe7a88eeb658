"""Runs pip in this process."""

import os
import sys

from euryale_pip import bootstrap, children, classes, mends

CONSTRAINTS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'constraints.txt')


def main():
    """pip's command line; ends the process with pip's exit status."""
    sys.argv[0] = 'pip'
    sys.path.pop(0)  # this command's own directory, which pip has no business with
    # For pip and for all the setup.py that it runs. What the user set is kept.
    os.environ.setdefault('PIP_DISABLE_PIP_VERSION_CHECK', '1')
    os.environ.setdefault('PURE_PYTHON', '1')
    import warnings
    warnings.filterwarnings('ignore', 'DEPRECATION', module='pip')
    mends.install(children.refused)
    try:
        bootstrap.ensure()
    except bootstrap.Failed as e:
        sys.exit('euryale: %s' % e)
    from pip._internal.cli.main import main as pip
    if not constrained():
        os.environ['PIP_CONSTRAINT'] = CONSTRAINTS
    if 'install' in sys.argv:
        classes.expected_root = bootstrap.site_packages()
    try:
        status = pip()
    finally:
        classes.finish()
        bootstrap.write_scripts()
    sys.exit(status)


def constrained():
    """Whether the user's environment or configuration has constraints."""
    from pip._internal.configuration import Configuration
    from pip._internal.exceptions import ConfigurationError
    configuration = Configuration(isolated=False)
    try:
        configuration.load()
    except ConfigurationError:
        return False  # pip says so itself
    return any(key.endswith('.constraint') for key, _ in configuration.items())
