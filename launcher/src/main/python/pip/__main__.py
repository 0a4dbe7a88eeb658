"""euryale pip ..."""

from euryale_pip.main import main

main()
