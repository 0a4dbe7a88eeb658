package org.euryale.tls;

/** Asked for the password of an encrypted key, in the thread that reads the key, once a key. */
@FunctionalInterface
public interface Passphrase {
    /** OpenSSL's PEM_BUFSIZE: the longest password, in bytes, that its own callbacks may give. */
    int LONGEST = 1024;

    /** The password's bytes, which the caller of this overwrites when the key is read. */
    byte[] bytes();
}
