"""TLS is not yet on Euryale's sockets, and says so to those who import it.

Programs that can do without (httplib, urllib2, ftplib, smtplib catch the ImportError) run without.
"""

raise ImportError("TLS is not on Euryale's sockets yet; to use ssl, set EURYALE_SOCKETS=stock "
                  "in the environment, which runs the program on Jython's own sockets")
