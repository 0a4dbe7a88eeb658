/**
 * TLS that never blocks: OpenSSL's four calls (handshake, read, write, shutdown) on the JDK's {@code SSLEngine}, over bytes in
 * memory. Plain Java, the JDK only.
 *
 * <p>{@link org.euryale.tls.TlsContext} is what OpenSSL calls an SSL_CTX, {@link org.euryale.tls.TlsConnection} an SSL between two
 * {@link org.euryale.tls.ByteQueue}s, its memory BIOs. {@link org.euryale.tls.Pem}, {@link org.euryale.tls.PrivateKeys}, {@link
 * org.euryale.tls.Credential} and {@link org.euryale.tls.TrustStore} read what OpenSSL's programs are given; {@link
 * org.euryale.tls.CipherString} knows which suites {@code HIGH:!aNULL} means.
 */
@NullMarked
package org.euryale.tls;

import org.jspecify.annotations.NullMarked;
