/**
 * TLS that never blocks, on the JDK's. Plain Java, the JDK only.
 *
 * <p>{@link org.euryale.tls.Pem}, {@link org.euryale.tls.PrivateKeys}, {@link org.euryale.tls.Credential} and {@link
 * org.euryale.tls.TrustStore} read what OpenSSL's programs are given; {@link org.euryale.tls.CipherString} knows which suites
 * {@code HIGH:!aNULL} means.
 */
@NullMarked
package org.euryale.tls;

import org.jspecify.annotations.NullMarked;
