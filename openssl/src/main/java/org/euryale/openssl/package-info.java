/**
 * Certificates, requests, revocation lists, keys and names as OpenSSL's libcrypto keeps them: made, changed, signed, verified,
 * read and written. Plain Java on {@code org.euryale.tls} and Bouncy Castle, which gives the ASN.1; {@code OpenSSL/crypto.py} is
 * its face. Objects are one thread's at a time, as OpenSSL's are.
 */
@NullMarked
package org.euryale.openssl;

import org.jspecify.annotations.NullMarked;
